import type { NodeId } from "@kith/protocol/ids";

import type { Output } from "../core/output.ts";
import type { ConsensusState } from "../core/state.ts";
import { isPending, noteFailure } from "./patience.ts";
import { sendHeartbeat } from "./propose.ts";
import { repeatReads } from "./reads.ts";
import { isPreparer } from "./rules.ts";
import { askOneOf, askWhoIsAhead } from "./supply.ts";
import { nextTerm, repeatLater, suspectLeader } from "./terms.ts";
import { announceView, enterTerm } from "./view-change.ts";
import { repeatVote } from "./vote.ts";

/** A leader whose term has lasted so many of the least view timeouts goes on to where a producer waits alone. */
const strayTimeouts = 20;
/** What waits for so many view timeouts without being ordered is held back by the leader (bft.md leaves censorship open). */
const demandTimeouts = 4;

/** When a tick is due next, by the monotonic clock. */
export function nextTickMsBft(state: ConsensusState): number {
  return Math.min(state.bft.clock.repeatAtMs, deadlineMs(state), strayMs(state));
}

export function tickBft(state: ConsensusState, out: Output): void {
  const { bft } = state;
  if (out.now.monotonicMs >= deadlineMs(state)) giveUp(state, out);
  if (out.now.monotonicMs >= strayMs(state)) suspectLeader(state);
  if (out.now.monotonicMs >= bft.clock.repeatAtMs) repeat(state, out);
}

/**
 * Whoever gave this term up alone (it was paused, or is started again) votes no more in it, and without its vote one that is slow or stops
 * is missed. So the leader moves on with everybody, and not so often that a producer could do harm by it.
 */
function strayMs(state: ConsensusState): number {
  const { bft, config, role, term, voters } = state;
  if (role !== "leader") return Number.POSITIVE_INFINITY;
  const isStray = (node: NodeId): boolean => (bft.termSeen.get(node) ?? 0) > term;
  if (!voters.nodes.some(isStray)) return Number.POSITIVE_INFINITY;
  return bft.clock.enteredMs + strayTimeouts * config.viewTimeoutMsMin;
}

/** When the leader is given up unless something happens before. */
function deadlineMs(state: ConsensusState): number {
  const { bft, config } = state;
  const { clock } = bft;
  if (!isPreparer(state)) return Number.POSITIVE_INFINITY;
  if (bft.root === undefined) {
    return clock.readyMs === undefined ? Number.POSITIVE_INFINITY : clock.readyMs + clock.timeoutMs;
  }
  const silent =
    state.leader === config.self ? Number.POSITIVE_INFINITY : clock.heardMs + clock.timeoutMs;
  const stuck = isPending(state) ? clock.progressMs + clock.timeoutMs : Number.POSITIVE_INFINITY;
  const ignored =
    clock.demandMs === undefined
      ? Number.POSITIVE_INFINITY
      : Math.max(clock.demandMs, clock.enteredMs) + demandTimeouts * clock.timeoutMs;
  return Math.min(silent, stuck, ignored);
}

/** The next leader's turn. */
function giveUp(state: ConsensusState, out: Output): void {
  noteFailure(state);
  enterTerm(state, out, nextTerm(state));
}

function repeat(state: ConsensusState, out: Output): void {
  const { bft } = state;
  repeatLater(state, out);
  repeatReads(state, out);
  if (bft.root === undefined) {
    announceView(state, out);
    if (!isPreparer(state)) askSomebody(state, out);
  } else if (state.role === "leader") {
    sendHeartbeat(state, out);
  } else if (isPending(state)) {
    repeatVote(state, out);
  }
  askWhoIsAhead(state, out);
}

function askSomebody(state: ConsensusState, out: Output): void {
  const { voters, config } = state;
  askOneOf(
    state,
    out,
    voters.nodes.filter((node) => node !== config.self),
  );
}
