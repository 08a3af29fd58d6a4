import type {
  Consensus,
  SealedBlock,
} from "@kith/protocol/block";
import type { BlockNum, Checksum, NodeId } from "@kith/protocol/ids";
import type { CftMessage } from "@kith/protocol/node-message";

/** The two clocks of a node, read once before each step. */
export type Now = {
  /** Monotonic milliseconds: timeouts are measured with it. */
  readonly monotonicMs: number;
  /** Microseconds since the Unix epoch: block time comes from it. */
  readonly wallMicros: number;
};

export type CftInput =
  | { readonly kind: "tick" }
  | { readonly kind: "message"; readonly from: NodeId; readonly message: CftMessage }
  | {
      /** The leader's driver has transactions (or a change of producers) to order. Refused by anybody else. */
      readonly kind: "propose";
      readonly transactions: readonly Uint8Array[];
      readonly executed: {
        readonly num: BlockNum;
        readonly stateRoot: Checksum;
        readonly eventRoot: Checksum;
      };
      readonly newConsensus?: Consensus;
    }
  /** Every `persist` effect up to and including number `write` is on disk. */
  | { readonly kind: "durable"; readonly write: number }
  /** A linearizable read: answered by `read-ready` or `read-refused` with the same number (Raft thesis 6.4). */
  | { readonly kind: "read-index"; readonly request: number }
  | { readonly kind: "transfer"; readonly to: NodeId }
  /** The state after `block` was taken over from a peer; the log restarts behind it. */
  | {
      readonly kind: "snapshot-installed";
      readonly block: SealedBlock;
      readonly consensus: Consensus;
    };
