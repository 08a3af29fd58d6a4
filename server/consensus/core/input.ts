import type { Consensus, SealedBlock } from "@kith/protocol/block";
import type { Certificate } from "@kith/protocol/certificate";
import type { ConsensusPoint } from "@kith/protocol/consensus-point";
import type { BlockNum, Checksum, NodeId } from "@kith/protocol/ids";
import type { ConsensusMessage } from "@kith/protocol/node-message";

/** The two clocks of a node, read once before each step. */
export type Now = {
  /** Monotonic milliseconds: timeouts are measured with it. */
  readonly monotonicMs: number;
  /** Microseconds since the Unix epoch: block time comes from it. */
  readonly wallMicros: number;
};

/** What the driver has executed: the newest applied block and what holds after it. */
export type Executed = {
  readonly num: BlockNum;
  readonly stateRoot: Checksum;
  readonly eventRoot: Checksum;
  /** The producers that the state asks for, when they are not those in force. */
  readonly wanted?: Consensus;
};

export type ConsensusInput =
  | { readonly kind: "tick" }
  | { readonly kind: "message"; readonly from: NodeId; readonly message: ConsensusMessage }
  | {
      /** The leader's driver has transactions (or a change of producers) to order. Refused by anybody else. */
      readonly kind: "propose";
      readonly transactions: readonly Uint8Array[];
      readonly executed: Executed;
      readonly newConsensus?: Consensus;
    }
  /**
   * The driver has executed a further final block. Under BFT this node votes only for states that it computed, and only
   * for producers that the state asks for.
   */
  | { readonly kind: "executed"; readonly executed: Executed }
  /**
   * Since when the driver has had transactions that are in no block; undefined: there are none. A leader that leaves them waiting for
   * too long is given up under BFT.
   */
  | { readonly kind: "demand"; readonly sinceMs: number | undefined }
  /** Every `persist` effect up to and including number `write` is on disk. */
  | { readonly kind: "durable"; readonly write: number }
  /** A linearizable read: answered by `read-ready` or `read-refused` with the same number (Raft thesis 6.4). */
  | { readonly kind: "read-index"; readonly request: number }
  /** Somebody wants a proof of what is final now: answered by a `certificate` effect, when one can be made. */
  | { readonly kind: "certify" }
  | { readonly kind: "transfer"; readonly to: NodeId }
  /** The connected nodes that follow without being producers: the leader sends them blocks too. Replaces the last list. */
  | { readonly kind: "observers"; readonly nodes: readonly NodeId[] }
  /** The driver dropped the stored blocks before `first`: whoever needs one of them gets a snapshot. */
  | { readonly kind: "log-start"; readonly first: BlockNum }
  | {
      /**
       * The state after `block` was taken over from a peer, and the log was restarted behind it (the vote stays).
       * `consensus` is the point after `block`.
       */
      readonly kind: "snapshot-installed";
      readonly block: SealedBlock;
      readonly consensus: ConsensusPoint;
      /** That `block` is final; under BFT there always is one. */
      readonly certificate?: Certificate;
    };
