import type { JointConsensus } from "@kith/protocol/block";
import type { AccountName, Checksum, NodeId } from "@kith/protocol/ids";
import type { MemoryMessage } from "@kith/protocol/node-message";
import type { RandomState } from "@kith/protocol/random";
import type { SignedVote } from "@kith/protocol/vote";

import type { BftState } from "../bft/state.ts";
import type { Head } from "../cft/head.ts";
import type { Voters } from "../joint/voters.ts";
import type { BlockLog } from "../log/block-log.ts";
import type { ConsensusLog } from "../log/consensus-log.ts";
import type { ConsensusConfig } from "./config.ts";
import type { Role } from "./effect.ts";

/**
 * All that one node knows about the order of blocks. `step` owns it and changes it in place; from outside it is read
 * only, and the same inputs always lead to the same state and effects.
 */
export type ConsensusState = {
  readonly config: ConsensusConfig;
  readonly random: RandomState;
  log: BlockLog;
  consensus: ConsensusLog;
  /** The checksum of the rules that the last block was made under. */
  rules: { readonly joint: JointConsensus; readonly checksum: Checksum } | undefined;
  /** Whose votes count: by the newest rules in the log, where a change is over as soon as it is known to be final. */
  voters: Voters;
  /**
   * Who may lead: all producers of the rules from the newest final block on. A producer that leaves may until the block
   * that ends the change is final: it may be the only one that has that block.
   */
  producers: readonly NodeId[];
  /** In whose name this node makes blocks, as the last rules that had it say. */
  account: AccountName | undefined;
  /** The oldest block in the driver's log. */
  logFirst: number;

  term: number;
  votedFor: NodeId | undefined;
  role: Role;
  leader: NodeId | undefined;
  /** Who is a producer by the word of known ones, and the height until which their word holds. */
  readonly vouched: Map<NodeId, number>;
  /** When the known producers were last asked for it. */
  rosterAskedMs: number;

  /** Everything up to here is final. */
  commitNum: number;
  /** What the driver was told of it: what is also durable here. */
  announcedNum: number;
  /** Every block up to here is on this node's disk. */
  durableNum: number;
  readonly writes: Writes;

  /** When this node last heard from a leader of its term, granted a vote or campaigned. */
  electionStartMs: number;
  electionTimeoutMs: number;
  /** Until then this node, which led until the producers turned to CFT, asks for the lead again and again (decision 0152). */
  eagerUntilMs: number;
  /** When the leader of this term was last heard from. */
  leaderHeardMs: number;
  candidacy: Candidacy | undefined;
  leadership: Leadership | undefined;
  observers: readonly NodeId[];
  readonly bft: BftState;
  memory: Memory;
  /** The change whose new producers have taken over here, so that they do it once. */
  epochEntered: number;
  /** The last confirm of this term: an append that would only repeat it is not answered. */
  confirmed: { readonly term: number; readonly round: number; readonly num: number };
};

/** Whether this node knows all that it ever said as a producer (decision 0140). */
export type Memory =
  | { readonly kind: "whole"; readonly doubts: number }
  /** It may not, and says nothing. */
  | {
      readonly kind: "asking";
      readonly round: number;
      readonly sinceMs: number;
      askAtMs: number;
      readonly answers: Map<NodeId, Extract<MemoryMessage, { kind: "recalled" }>>;
      /** The latest term in which it is known to have said something. */
      saidTerm: number;
      /** How often this was found out while the process runs. */
      readonly doubts: number;
      /** Somebody else speaks with this node's key: it stays silent. */
      readonly isShared: boolean;
    }
  /** It speaks again, and under CFT votes for nobody who lacks what it may have confirmed. */
  | { readonly kind: "behind"; readonly floor: Head | undefined; readonly doubts: number };

export type Writes = {
  /** The number of the newest `persist`. */
  last: number;
  durable: number;
  /** The newest `persist` that holds a vote. */
  lastBallot: number;
  /** What the log was after each write with blocks that is not durable yet, oldest first. */
  pending: PendingWrite[];
};

export type PendingWrite = { readonly write: number; headNum: number };

/** Raft section 5.2, or thesis 9.6 when `pre`: then `term` is the one that it would campaign in. */
export type Candidacy = {
  readonly pre: boolean;
  readonly transfer: boolean;
  readonly term: number;
  readonly votes: Map<NodeId, boolean>;
};

/** What only a leader knows. */
export type Leadership = {
  /** Counts the rounds of appends: an answer to a round shows that its sender followed when the round began. */
  round: number;
  heartbeatAtMs: number;
  /** The head when the term began: blocks after it are this leader's own. */
  readonly startNum: number;
  readonly peers: Map<NodeId, Progress>;
  readonly reads: Reads;
  /** Signed confirms of this term, and the height that a certificate was asked for; undefined: nobody asked. */
  readonly certify: Certifying;
  transfer: { readonly to: NodeId; readonly deadlineMs: number; sent: boolean } | undefined;
  /** When something last became final, or there was nothing to wait for. */
  commitMovedMs: number;
};

export type Certifying = {
  wantedNum: number | undefined;
  readonly votes: Map<NodeId, SignedVote>;
  /** Since when a change of CFT producers is final and only its proof is missing; the change that is ended without one. */
  unprovedSinceMs: number | undefined;
  gaveUpAt: number;
};

export type Reads = {
  /** Asked for and not yet part of a round. */
  waiting: number[];
  /** Waiting for a quorum to answer `round`. */
  asking:
    | { readonly round: number; readonly num: number; readonly requests: readonly number[] }
    | undefined;
};

/** What the leader knows about one other node. */
export type Progress = {
  readonly node: NodeId;
  /** Confirmed: durable there and equal to this log. Never goes back within a term, unless it is muted. */
  matchNum: number;
  /** It may have forgotten what it confirmed (decision 0140): nothing that it says counts in this term. */
  isMuted: boolean;
  /** The next block to send. */
  nextNum: number;
  /** What was known or guessed to match when sending began: blocks after it are on the way. */
  baseNum: number;
  /** The highest `commitNum` that was sent. */
  commitSent: number;
  /** Refusals of earlier rounds are out of date. */
  resetRound: number;
  /** Where the last refusal put `nextNum`, until something is confirmed. */
  resetNum: number | undefined;
  /** The highest round that was answered. */
  answeredRound: number;
  heardMs: number;
  /** When something was last confirmed while blocks were on the way, or the first of them was sent. */
  progressMs: number;
  snapshotSentMs: number | undefined;
  /** Its clock when its last confirm arrived. */
  clock: { readonly micros: number; readonly atMs: number } | undefined;
};
