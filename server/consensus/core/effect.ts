import type { Ballot } from "@kith/protocol/ballot";
import type { SealedBlock } from "@kith/protocol/block";
import type { Certificate } from "@kith/protocol/certificate";
import type { Evidence } from "@kith/protocol/evidence";
import type { BlockId, BlockNum, NodeId, Term } from "@kith/protocol/ids";
import type { ConsensusMessage } from "@kith/protocol/node-message";
import type { BlockPlace } from "@kith/protocol/vote";

/**
 * What the driver has to do, in this order. Writes have ascending numbers; the driver may group them, never reorder
 * them, and answers with a `durable` input. A `send` leaves only when write `afterWrite` is durable (0: at once).
 */
export type ConsensusEffect =
  | {
      /** One atomic record: the vote, then forget the blocks after `keepNum`, then append. */
      readonly kind: "persist";
      readonly write: number;
      readonly ballot?: Ballot;
      readonly keepNum?: BlockNum;
      readonly blocks: readonly SealedBlock[];
    }
  | {
      readonly kind: "send";
      readonly to: NodeId;
      readonly message: ConsensusMessage;
      readonly afterWrite: number;
    }
  | {
      /** Blocks older than the core keeps in memory: the driver reads them (all are final) and sends an `append`. */
      readonly kind: "send-stored";
      readonly to: NodeId;
      readonly firstNum: BlockNum;
      readonly lastNum: BlockNum;
      readonly term: Term;
      readonly commitNum: BlockNum;
      readonly round: number;
    }
  /** The receiver needs blocks from before the start of the log. */
  | { readonly kind: "send-snapshot"; readonly to: NodeId; readonly term: Term }
  /** Everything up to this block is final, and on this node's disk. */
  | { readonly kind: "commit"; readonly num: BlockNum; readonly id: BlockId }
  | {
      readonly kind: "role";
      readonly role: Role;
      readonly term: Term;
      readonly leader?: NodeId;
    }
  /** The last blocks that this node had were overruled: their transactions may be proposed again. */
  | { readonly kind: "dropped"; readonly blocks: readonly SealedBlock[] }
  | { readonly kind: "read-ready"; readonly request: number; readonly num: BlockNum }
  | { readonly kind: "read-refused"; readonly request: number }
  | { readonly kind: "propose-refused"; readonly reason: ProposeRefusal }
  /** Shows that a block is final; the driver keeps it and answers `send-chain` with it. */
  | { readonly kind: "certificate"; readonly certificate: Certificate }
  | {
      /** The receiver lacks what follows `after`: blocks in a row, and the certificate that makes them final (decision 0110). */
      readonly kind: "send-chain";
      readonly to: NodeId;
      readonly after: BlockPlace;
      /** Where nothing is certified: blocks up to here alone help, because the receiver has proof of the last one. */
      readonly proved?: BlockNum;
    }
  /** A producer broke a rule of BFT, and two statements with its signature show it to anybody. */
  | { readonly kind: "evidence"; readonly evidence: Evidence }
  /**
   * Whether this node knows all that it ever said as a producer. When it does not, that has to survive a restart; when it does
   * again, everything that was written before is part of it.
   */
  | { readonly kind: "memory"; readonly isWhole: boolean }
  | { readonly kind: "broken"; readonly reason: string };

export type Role = "leader" | "follower" | "candidate" | "observer";

export type ProposeRefusal =
  | "not-leader"
  | "window-full"
  | "change-pending"
  | "transferring"
  | "block-too-large"
  | "change-invalid";
