import type { Output } from "../core/output.ts";
import type { ConsensusState } from "../core/state.ts";
import { epochOf, isBft, isPreparer, leaderOf } from "./rules.ts";
import { noteReadiness } from "./terms.ts";
import { announceView, enterTerm } from "./view-change.ts";

/**
 * After a start, before anything else is heard. What this node said as leader of its last term it may have forgotten, so it
 * never leads that one again, whoever proves that it did; as a follower it goes on where its disk says.
 */
export function begin(state: ConsensusState, out: Output): void {
  state.bft.begun = true;
  if (!isBft(state) || !isPreparer(state)) return;
  const wasLeader = leaderOf(state, state.term) === state.config.self;
  if (state.term === 0 || wasLeader) {
    enterTerm(state, out, state.term + 1);
    return;
  }
  restoreCommitted(state);
  state.role = "candidate";
  // The term may be that of a snapshot's block, and the ballot an older one.
  out.writeBallot();
  announceView(state, out);
  noteReadiness(state, out);
}

/** The vote that told it may not have left before the end. */
function restoreCommitted(state: ConsensusState): void {
  const { bft, log, term } = state;
  const { lock } = bft;
  if (lock?.term !== term || lock.epoch !== epochOf(state)) return;
  if (log.idAt(lock.num) === lock.id) bft.committed = { num: lock.num, id: lock.id };
}
