import type { Ballot } from "@kith/protocol/ballot";
import type { SealedBlock } from "@kith/protocol/block";
import { consensusUnder, type ConsensusPoint } from "@kith/protocol/consensus-point";
import type { Roster } from "@kith/protocol/node-message";
import { seedRandom } from "@kith/protocol/random";

import { newBftState } from "../bft/state.ts";
import { accountOf, producersOf } from "../cft/membership.ts";
import { noBlockId } from "../cft/replication.ts";
import { randomTimeoutMs } from "../cft/role.ts";
import { noteRoster } from "../cft/roster.ts";
import { votersOf } from "../joint/voters.ts";
import { BlockLog, type BlockRef } from "../log/block-log.ts";
import { ConsensusLog } from "../log/consensus-log.ts";
import type { ConsensusConfig } from "./config.ts";
import type { Now } from "./input.ts";
import { askingFrom } from "./memory.ts";
import type { ConsensusState } from "./state.ts";

/** What a node knows from its disk. */
export type Restored = {
  readonly ballot: Ballot;
  /**
   * The end of the log, oldest first: the newest block that is final for certain (the applied one) and all blocks after
   * it. Earlier ones may precede them and stay in memory. A node without any knows no producer and follows nobody.
   */
  readonly blocks: readonly SealedBlock[];
  /** A final block whose contents are lost, and `blocks` are those behind it: which one it is suffices for all that follows. */
  readonly base?: BlockRef;
  /** The rules after `base`, or else after `blocks[0]`; `noConsensus` when there is neither. */
  readonly consensus: ConsensusPoint;
  /** Final for certain: the applied height, at least the number of `base` or `blocks[0]`; 0 when there is neither. */
  readonly commitNum: number;
  /** The oldest block in the log. */
  readonly logFirst: number;
  /** Who produces, on the word of the node that the operator named (decision 0014). */
  readonly roster?: Roster;
  /** This node may have said, as a producer, what is not on its disk: nothing is said before that is sorted out (decision 0140). */
  readonly isDoubtful?: boolean;
};

/** A node starts as a follower that has just heard from nobody; `now` starts its election timer. */
export function startConsensus(
  config: ConsensusConfig,
  restored: Restored,
  now: Now,
): ConsensusState {
  const { base, blocks, commitNum, isDoubtful = false } = restored;
  const lowestNum = base?.num ?? blocks[0]?.header.blockNum ?? 0;
  const log = new BlockLog(base ?? anchorBefore(blocks[0]));
  const consensus = new ConsensusLog(lowestNum, restored.consensus);
  for (const block of blocks) {
    log.append(block);
    if (block.header.blockNum > lowestNum) consensus.append(block.header);
  }
  if (commitNum > log.head.num || commitNum < lowestNum) {
    throw new RangeError(`final block ${commitNum} is not among the restored blocks`);
  }
  consensus.settle(commitNum);
  const voters = votersOf(consensusUnder(consensus.point, commitNum).joint);
  const producers = producersOf(consensus);
  const random = seedRandom(config.randomSeed);
  const isAlone = voters.nodes.length === 1 && voters.nodes[0] === config.self;
  const state: ConsensusState = {
    config,
    random,
    log,
    consensus,
    rules: undefined,
    voters,
    producers,
    account: accountOf(consensus, config.self),
    logFirst: restored.logFirst,
    // A vote's term is durable before any block of that term: the maximum guards against a vote record that was lost.
    term: Math.max(restored.ballot.term, log.head.term),
    votedFor: restored.ballot.term >= log.head.term ? restored.ballot.votedFor : undefined,
    role: producers.includes(config.self) && !isDoubtful ? "follower" : "observer",
    leader: undefined,
    vouched: new Map(),
    rosterAskedMs: Number.NEGATIVE_INFINITY,
    commitNum,
    announcedNum: commitNum,
    durableNum: log.head.num,
    writes: { last: 0, durable: 0, lastBallot: 0, pending: [] },
    electionStartMs: now.monotonicMs,
    // Whoever decides alone has nobody to wait for.
    electionTimeoutMs: isAlone ? 0 : randomTimeoutMs(config, random),
    eagerUntilMs: Number.NEGATIVE_INFINITY,
    leaderHeardMs: Number.NEGATIVE_INFINITY,
    candidacy: undefined,
    leadership: undefined,
    observers: [],
    confirmed: { term: 0, round: 0, num: 0 },
    // Unless a later block says so, the ballot may be of the epoch before: it is entered anew, in a later term.
    epochEntered: 0,
    bft: newBftState(config, now.monotonicMs),
    memory: isDoubtful ? askingFrom({ random }, now.monotonicMs) : { kind: "whole", doubts: 0 },
  };
  state.bft.lock = restored.ballot.lock;
  if (restored.ballot.term === state.term) state.bft.rootBefore = restored.ballot.root;
  if (restored.roster !== undefined) noteRoster(state, restored.roster);
  return state;
}

function anchorBefore(first: SealedBlock | undefined): BlockLog["anchor"] {
  if (first === undefined) return { num: 0, id: noBlockId, term: 0, time: 0 };
  return { num: first.header.blockNum - 1, id: first.header.previous, term: 0, time: 0 };
}
