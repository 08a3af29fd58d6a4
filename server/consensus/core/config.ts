import type { BlockId, NodeId } from "@kith/protocol/ids";
import { blockBytesMax } from "@kith/protocol/limits";
import type { StatementCheck } from "@kith/protocol/vote";

/** How this node signs what it says to others, and checks what they say. */
export type ConsensusCrypto = {
  /** The genesis block's id: what is signed counts on this network alone. */
  readonly chain: BlockId;
  /** With the key of `self`. */
  readonly sign: (statement: Uint8Array) => Uint8Array;
  readonly isSigned: StatementCheck;
};

export type ConsensusConfig = {
  readonly self: NodeId;
  readonly crypto: ConsensusCrypto;
  readonly heartbeatMs: number;
  /** A follower waits a random time between the two before it campaigns (Raft section 9.3). */
  readonly electionTimeoutMsMin: number;
  readonly electionTimeoutMsMax: number;
  /** Blocks on the way: proposed and not final, and for each follower sent and not confirmed. */
  readonly windowBlocks: number;
  readonly windowBytes: number;
  /** Blocks in one `append`; a single larger block still goes. It fits a frame together with one. */
  readonly appendBytesMax: number;
  readonly blockBytesMax: number;
  /** Final blocks that stay in memory for followers that lag a little. */
  readonly recentBlocks: number;
  readonly recentBytesMax: number;
  /** A candidate asks first whether it could win, so that it disturbs nobody in vain (thesis 9.6). */
  readonly preVote: boolean;
  /** A leader that hears from no quorum for an election timeout steps down (thesis 6.2). */
  readonly checkQuorum: boolean;
  /** Whoever hears from a leader votes for nobody else unless that leader asks for it (thesis 4.2.3). */
  readonly leaderStickiness: boolean;
  /** A leader makes a block without transactions when it needs one of its own term; otherwise it waits for one. */
  readonly emptyBlocks: boolean;
  /** How far a block's time may be ahead of one's own clock; a leader stays within half of it. */
  readonly clockAheadMicrosMax: number;
  readonly readsPendingMax: number;
  /**
   * Under BFT: how long a leader may be silent, or what is to be ordered may wait, before the next one is asked for. Doubles with
   * each term without progress up to the maximum, and halves with each that makes some.
   */
  readonly viewTimeoutMsMin: number;
  readonly viewTimeoutMsMax: number;
  readonly randomSeed: number;
};

export const defaultConsensusConfig: Omit<ConsensusConfig, "self" | "crypto" | "randomSeed"> = {
  heartbeatMs: 250,
  electionTimeoutMsMin: 1000,
  electionTimeoutMsMax: 2000,
  windowBlocks: 8,
  windowBytes: 16 * 1024 * 1024,
  appendBytesMax: 2 * 1024 * 1024,
  blockBytesMax,
  recentBlocks: 256,
  recentBytesMax: 16 * 1024 * 1024,
  preVote: true,
  checkQuorum: true,
  leaderStickiness: true,
  emptyBlocks: true,
  clockAheadMicrosMax: 5_000_000,
  readsPendingMax: 10_000,
  viewTimeoutMsMin: 500,
  viewTimeoutMsMax: 30_000,
};
