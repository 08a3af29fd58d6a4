import type { SealedBlock } from "./block.ts";
import type { BlockId, BlockNum, Checksum, NodeId, Term, TransactionId } from "./ids.ts";

/** What nodes say to each other about the order of blocks under CFT. Wire tags are permanent: see `messageTag`. */
export type CftMessage =
  | {
      /** Raft section 5.3. Without blocks it is a heartbeat. */
      readonly kind: "append";
      readonly term: Term;
      /** The block before the first of `blocks`, or the block that the leader believes is the receiver's last. */
      readonly previousNum: BlockNum;
      readonly previousId: BlockId;
      readonly blocks: readonly SealedBlock[];
      readonly commitNum: BlockNum;
      /** Echoed in the confirm: read index and check-quorum count answers to this round or later. */
      readonly round: number;
    }
  | {
      readonly kind: "confirm";
      readonly term: Term;
      /** Accepted: the last block known to equal the leader's. Refused: the sender's own head. */
      readonly headNum: BlockNum;
      readonly headId: BlockId;
      readonly accepted: boolean;
      /** The sender's final height: everything up to it equals the leader's log. */
      readonly commitNum: BlockNum;
      readonly round: number;
      /** The sender's wall clock in microseconds: block time stays within the clocks of a quorum. */
      readonly clock: number;
    }
  | {
      /**
       * `pre`: would you vote for me (thesis 9.6)? No term changes; of term 0 it only asks for the roster.
       * `transfer`: asked for by the leader (3.10).
       */
      readonly kind: "vote-request";
      readonly term: Term;
      readonly pre: boolean;
      readonly transfer: boolean;
      readonly headTerm: Term;
      readonly headNum: BlockNum;
    }
  | {
      readonly kind: "vote-response";
      readonly term: Term;
      readonly pre: boolean;
      readonly granted: boolean;
      /** With a refused pre-vote, because the candidate may not know the producers of today. */
      readonly roster?: Roster;
    }
  | { readonly kind: "timeout-now"; readonly term: Term };

/** Whose votes count by the newest rules in the sender's log, which ends at `headNum`. */
export type Roster = { readonly headNum: BlockNum; readonly producers: readonly NodeId[] };

/** Everything that travels on a link between two nodes after the handshake. */
export type NodeMessage =
  | CftMessage
  | { readonly kind: "peers"; readonly addresses: readonly PeerAddress[] }
  | { readonly kind: "submit"; readonly transactions: readonly Uint8Array[] }
  | {
      /** The leader's answer to a transaction that it will not put into a block. `error` is JSON of a SubmitError. */
      readonly kind: "submit-refused";
      readonly transactionId: TransactionId;
      readonly error: string;
    }
  | { readonly kind: "read-index-request"; readonly request: number }
  | { readonly kind: "read-index-response"; readonly request: number; readonly num?: BlockNum }
  | {
      /** Blocks by height, for repair and for joining; answered with as many as fit one frame. */
      readonly kind: "blocks-request";
      readonly from: BlockNum;
      readonly to: BlockNum;
    }
  | { readonly kind: "blocks-response"; readonly blocks: readonly SealedBlock[] }
  | {
      /** The state after `block`, in chunks of rows; `chunks` counts them. */
      readonly kind: "snapshot-offer";
      readonly term: Term;
      readonly block: SealedBlock;
      /** The roots after executing `block`: the rows of the chunks give them. */
      readonly stateRoot: Checksum;
      readonly eventRoot: Checksum;
      readonly snapshotId: number;
      readonly chunks: number;
    }
  | { readonly kind: "snapshot-request"; readonly snapshotId: number; readonly chunk: number }
  | {
      readonly kind: "snapshot-chunk";
      readonly snapshotId: number;
      readonly chunk: number;
      readonly data: Uint8Array;
    };

export type PeerAddress = { readonly node: NodeId; readonly url: string };
