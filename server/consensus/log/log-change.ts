import type { SealedBlock } from "@kith/protocol/block";
import { blockNumOf } from "@kith/protocol/ids";

import { refreshVoters } from "../cft/membership.ts";
import type { Output } from "../core/output.ts";
import type { ConsensusState } from "../core/state.ts";

/** The block goes to memory and to disk; what it says about producers holds from now on. */
export function appendToLog(state: ConsensusState, out: Output, block: SealedBlock): void {
  state.log.append(block);
  out.writeBlock(block);
  if (state.consensus.append(block.header)) refreshVoters(state, out);
}

/** Raft section 5.3: a follower's blocks that differ from the leader's go. Final ones never do. */
export function truncateLog(state: ConsensusState, out: Output, keepNum: number): void {
  if (keepNum < state.commitNum) throw new Error(`final block ${keepNum + 1} would be dropped`);
  const blocks = state.log.truncate(keepNum);
  out.writeTruncation(keepNum);
  const { num } = state.log.head;
  // What was being written of the dropped blocks counts for nothing; what stays of those writes does.
  for (const pending of state.writes.pending) pending.headNum = Math.min(pending.headNum, num);
  state.durableNum = Math.min(state.durableNum, num);
  if (state.consensus.truncate(keepNum)) refreshVoters(state, out);
  out.push({ kind: "dropped", blocks });
}

/** Remembers that everything up to `num` is final. */
export function setFinal(state: ConsensusState, out: Output, num: number): void {
  const { since } = state.consensus.point;
  const endsChange = since > state.commitNum && since <= num;
  state.commitNum = num;
  const settled = state.consensus.settle(num);
  if (endsChange || settled) refreshVoters(state, out);
  announceFinal(state, out);
}

/** The driver executes only what is also on its own disk, so that its state is never ahead of its log. */
export function announceFinal(state: ConsensusState, out: Output): void {
  const num = Math.min(state.commitNum, state.durableNum);
  if (num <= state.announcedNum) return;
  const id = state.log.idAt(num);
  if (id === undefined) throw new Error(`block ${num} left memory before it was announced`);
  state.announcedNum = num;
  out.push({ kind: "commit", num: blockNumOf(num), id });
  forgetOld(state);
}

/** Keeps memory bounded: final blocks beyond the recent ones are read from disk when a peer needs them. */
function forgetOld(state: ConsensusState): void {
  const { log, config } = state;
  while (log.firstNum < state.announcedNum) {
    const tooMany = state.announcedNum - log.firstNum >= config.recentBlocks;
    const tooLarge = log.bytesBetween(log.anchor.num, state.announcedNum) > config.recentBytesMax;
    if (!tooMany && !tooLarge) return;
    log.forgetFirst();
  }
}
