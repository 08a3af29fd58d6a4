import type { Now } from "../core/input.ts";
import type { ConsensusState, Leadership } from "../core/state.ts";
import { reachedByVoters } from "../joint/voters.ts";

/**
 * The time of the leader's next block: its own clock, but not ahead of what the clocks of a quorum say plus half of
 * the bound that followers check, so that a leader whose clock is far ahead still makes blocks that they accept.
 * While a quorum has not told its clocks, time only ticks.
 */
export function nextBlockTime(state: ConsensusState, leadership: Leadership, now: Now): number {
  const quorumMicros = reachedByVoters(state.voters, (node) => {
    if (node === state.config.self) return now.wallMicros;
    const clock = leadership.peers.get(node)?.clock;
    if (clock === undefined) return 0;
    return clock.micros + Math.floor((now.monotonicMs - clock.atMs) * 1000);
  });
  const bound = quorumMicros + Math.floor(state.config.clockAheadMicrosMax / 2);
  return Math.max(state.log.head.time + 1, Math.floor(Math.min(now.wallMicros, bound)));
}

/** The smallest step is always accepted: clocks that were set back must not stop the network. */
export function timeIsAcceptable(state: ConsensusState, time: number, now: Now): boolean {
  if (time === state.log.head.time + 1) return true;
  return time <= now.wallMicros + state.config.clockAheadMicrosMax;
}
