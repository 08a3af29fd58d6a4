import { termOf, type NodeId } from "@kith/protocol/ids";
import type { MemoryMessage } from "@kith/protocol/node-message";
import { nextBelow } from "@kith/protocol/random";

import { epochOf, isBft } from "../bft/rules.ts";
import { headOf } from "../cft/head.ts";
import { becomeFollower } from "../cft/role.ts";
import type { Output } from "./output.ts";
import { isSilent } from "./silence.ts";
import { speakWhenSafe } from "./speak-again.ts";
import type { ConsensusState, Memory } from "./state.ts";

type Recalled = Extract<MemoryMessage, { kind: "recalled" }>;

/** A node that finds so often, while it runs, that it said more than it knows of is not the only one that speaks with its key. */
const doubtsMax = 2;

/** Something shows that this node said more than it knows of, in this term. */
export function fallSilent(state: ConsensusState, out: Output, saidTerm: number): void {
  const { memory, bft, config } = state;
  if (memory.kind === "asking") {
    memory.saidTerm = Math.max(memory.saidTerm, saidTerm);
    return;
  }
  const asking = askingFrom(state, out.now.monotonicMs);
  const doubts = memory.doubts + 1;
  state.memory = { ...asking, saidTerm, doubts, isShared: doubts > doubtsMax };
  bft.views.delete(config.self);
  bft.voteSent = undefined;
  becomeFollower(state, out, state.term, undefined);
  state.role = "observer";
  out.push({ kind: "memory", isWhole: false });
}

type Asking = Extract<Memory, { kind: "asking" }>;

export function askingFrom({ random }: Pick<ConsensusState, "random">, nowMs: number): Asking {
  const round = nextBelow(random, 2 ** 31);
  return {
    kind: "asking",
    round,
    sinceMs: nowMs,
    askAtMs: nowMs,
    answers: new Map(),
    saidTerm: 0,
    doubts: 1,
    isShared: false,
  };
}

/** When a `tick` is due for it. */
export function nextAskMs(state: ConsensusState): number {
  const { memory, voters, config } = state;
  // Who decides alone has nobody to ask, and finds that out.
  const mayAsk = voters.nodes.includes(config.self) || askedNodes(state).length > 0;
  const asks = memory.kind === "asking" && !memory.isShared && mayAsk;
  return asks ? memory.askAtMs : Number.POSITIVE_INFINITY;
}

/**
 * Everybody who may have counted it. Its log may be older than today's producers: whoever leads now counts it until it is asked, also one
 * that its log does not name, and one that its log does not know to count it.
 */
function askedNodes(state: ConsensusState): readonly NodeId[] {
  const { voters, config, leader } = state;
  const counted = voters.nodes.includes(config.self) ? voters.nodes : [];
  const asked = new Set(leader === undefined || isBft(state) ? counted : [...counted, leader]);
  asked.delete(config.self);
  return [...asked];
}

/** Asks everybody who may have heard this node, again and again. */
export function tickMemory(state: ConsensusState, out: Output): void {
  const { memory, config } = state;
  if (memory.kind !== "asking" || out.now.monotonicMs < nextAskMs(state)) return;
  memory.askAtMs = out.now.monotonicMs + config.heartbeatMs;
  for (const node of askedNodes(state)) {
    out.send(node, { kind: "recall", round: memory.round }, 0);
  }
  speakWhenSafe(state, out);
}

/**
 * Another node may have forgotten what it said. A leader under CFT counts it no more: the blocks that it confirmed may be gone. A node that
 * does not know its own words either says so.
 */
export function receiveRecall(
  state: ConsensusState,
  out: Output,
  from: NodeId,
  { round }: { readonly round: number },
): void {
  const { leadership, candidacy, role, bft } = state;
  candidacy?.votes.delete(from);
  const peer = leadership?.peers.get(from);
  if (peer !== undefined) peer.isMuted = true;
  leadership?.certify.votes.delete(from);
  const message = {
    kind: "recalled",
    round,
    epoch: epochOf(state),
    term: termOf(state.term),
    leads: role === "leader",
    isSilent: isSilent(state),
    ...headOf(state),
    ...(isBft(state) && bft.lock !== undefined ? { lock: bft.lock } : {}),
  } as const;
  out.send(from, message, state.writes.lastBallot);
}

export function receiveRecalled(
  state: ConsensusState,
  out: Output,
  from: NodeId,
  message: Recalled,
): void {
  const { memory } = state;
  if (memory.kind !== "asking" || message.round !== memory.round) return;
  if (!askedNodes(state).includes(from)) return;
  memory.answers.set(from, message);
  speakWhenSafe(state, out);
}

/** Under CFT, a leader that knows about it counts nothing of what this node confirms: so it may follow, as observers do. */
export function isHeardAsObserver({ memory, term }: ConsensusState, leader: NodeId): boolean {
  if (memory.kind !== "asking") return false;
  const answer = memory.answers.get(leader);
  return answer?.leads === true && answer.term === term;
}
