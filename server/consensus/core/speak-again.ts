import type { BlockNum, NodeId } from "@kith/protocol/ids";
import type { MemoryMessage } from "@kith/protocol/node-message";

import { certificateHolds, certificateIsSigned, isBetter, orderOf } from "../bft/lock.ts";
import { lockOn } from "../bft/locking.ts";
import { epochOf, isBft } from "../bft/rules.ts";
import { askForChain } from "../bft/tell.ts";
import { wantTerm } from "../bft/terms.ts";
import { enterTerm } from "../bft/view-change.ts";
import { headOf, isAtLeast, type Head } from "../cft/head.ts";
import { becomeFollower } from "../cft/role.ts";
import type { VoterSet } from "../joint/voters.ts";
import type { Output } from "./output.ts";
import type { ConsensusState } from "./state.ts";

type Recalled = Extract<MemoryMessage, { kind: "recalled" }>;
type Answers = ReadonlyMap<NodeId, Recalled>;

/** A candidate that the forgotten vote was for has begun anew by then. */
const silentElections = 2;

/** A node that does not know what it said goes on when whatever it was can do no harm any more (decision 0140). */
export function speakWhenSafe(state: ConsensusState, out: Output): void {
  const { memory, config, voters } = state;
  if (memory.kind !== "asking" || memory.isShared || !voters.nodes.includes(config.self)) return;
  const epoch = epochOf(state);
  const told = answersOf(memory.answers, epoch, () => true);
  // Whoever does not know its own words vouches for nobody.
  const answers = answersOf(memory.answers, epoch, ({ isSilent }) => !isSilent);
  if (isBft(state)) speakUnderBft(state, out, isUntouched(state, told) ? told : answers);
  else if (isUntouched(state, told)) speakUnderCft(state, out, told);
  else if (askedEnough(state, out, answers)) speakUnderCft(state, out, answers);
}

/** Whoever knows other producers than this node has first to tell it of them, or to be told. */
function answersOf(all: Answers, epoch: BlockNum, counts: (answer: Recalled) => boolean): Answers {
  return new Map([...all].filter(([, each]) => each.epoch === epoch && counts(each)));
}

/**
 * A network that has not begun: this node and as many others as it takes to begin have the genesis block alone, and nobody who answers has
 * more. Nodes that are started for the first time say so to each other.
 */
function isUntouched({ log, voters, config }: ConsensusState, told: Answers): boolean {
  if (log.head.num > 1 || [...told.values()].some(({ headNum }) => headNum > 1)) return false;
  return voters.sets.every(({ nodes, quorum }) => othersIn(nodes, config.self, told) >= quorum - 1);
}

function othersIn(nodes: readonly NodeId[], self: NodeId, answers: Answers): number {
  return nodes.filter((node) => node !== self && answers.has(node)).length;
}

/**
 * Under CFT a quorum may be this node and few others: so many have to answer that one of every quorum is among them, and the
 * leader of the latest term, who alone may still count what was confirmed. Where all others have answered, nobody is left.
 */
function askedEnough(state: ConsensusState, out: Output, answers: Answers): boolean {
  const { memory, voters, config } = state;
  if (memory.kind !== "asking") return false;
  const others = voters.nodes.filter((node) => node !== config.self);
  if (others.length === 0) return true;
  const waitedMs = out.now.monotonicMs - memory.sinceMs;
  if (waitedMs < silentElections * config.electionTimeoutMsMax) return false;
  if (others.every((node) => answers.has(node))) return true;
  const term = Math.max(...[...answers.values()].map((answer) => answer.term));
  const hasLeader = [...answers.values()].some((each) => each.leads && each.term === term);
  if (!hasLeader || term < state.term) return false;
  return voters.sets.every(
    ({ nodes, quorum }) => othersIn(nodes, config.self, answers) > nodes.length - quorum,
  );
}

/** In the terms of today this node may have voted for somebody: only later ones are open to it. */
function speakUnderCft(state: ConsensusState, out: Output, answers: Answers): void {
  const { memory, config } = state;
  if (memory.kind !== "asking") return;
  let floor: Head = headOf(state);
  let term = Math.max(state.term, memory.saidTerm);
  for (const answer of answers.values()) {
    term = Math.max(term, answer.term);
    if (isAtLeast(answer, floor)) floor = answer;
  }
  const { headTerm, headNum, headUnderBft } = floor;
  state.memory = {
    kind: "behind",
    floor: { headTerm, headNum, ...(headUnderBft === true ? { headUnderBft } : {}) },
    doubts: memory.doubts,
  };
  becomeFollower(state, out, term, term === state.term ? state.leader : undefined);
  state.votedFor ??= config.self;
  out.writeBallot();
}

/**
 * Whatever this node voted for under BFT, it voted for in a term that a quorum was in, and what it committed a quorum had prepared. So of a
 * quorum of others somebody knows that term, or a later one, and somebody the certificate. This node takes over the best of them, and
 * begins in a term in which it has said nothing. A term that nobody proves counts only when more nodes name it than may lie.
 */
function speakUnderBft(state: ConsensusState, out: Output, answers: Answers): void {
  const { memory, voters, config } = state;
  if (memory.kind !== "asking") return;
  const term = Math.max(memory.saidTerm, ...voters.sets.map((set) => termOfMost(set, answers)));
  // As an observer it is where the others are, or it could not take over what they have.
  if (term > state.term) enterTerm(state, out, term);
  const knowsLocks = takeLocks(state, out, answers);
  const hasAsked = isUntouched(state, answers)
    ? true
    : voters.sets.every(({ nodes, quorum }) => {
        const others = nodes.filter((node) => node !== config.self).length;
        return othersIn(nodes, config.self, answers) >= Math.min(quorum, others);
      });
  if (!knowsLocks || !hasAsked) return;
  state.memory = { kind: "behind", floor: undefined, doubts: memory.doubts };
  wantTerm(state, Math.max(state.term, state.bft.lock?.term ?? 0) + 1);
}

function termOfMost({ nodes, quorum }: VoterSet, answers: Answers): number {
  const terms = nodes.flatMap((node) => answers.get(node)?.term ?? []).toSorted((a, b) => b - a);
  return terms[nodes.length - quorum] ?? 0;
}

/** False while there is a certificate, better than the own one, for a block that is not here. */
function takeLocks(state: ConsensusState, out: Output, answers: Answers): boolean {
  let knowsAll = true;
  for (const [node, { lock }] of answers) {
    if (lock === undefined || !isBetter(lock, orderOf(state.bft.lock))) continue;
    if (certificateHolds(state, lock)) {
      lockOn(state, out, lock);
    } else if (certificateIsSigned(state, lock)) {
      knowsAll = false;
      askForChain(state, out, node);
    }
  }
  return knowsAll;
}

/** Called at the end of each step: this node has on its disk all that it may have confirmed. */
export function settleMemory(state: ConsensusState, out: Output): void {
  const { memory, durableNum, log, writes } = state;
  if (memory.kind !== "behind" || writes.durable < writes.lastBallot) return;
  const { floor } = memory;
  if (floor !== undefined && (durableNum < log.head.num || !isAtLeast(headOf(state), floor)))
    return;
  state.memory = { kind: "whole", doubts: memory.doubts };
  out.push({ kind: "memory", isWhole: true });
}
