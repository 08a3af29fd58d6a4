import { blockNumOf, termOf, type BlockNum, type Term } from "@kith/protocol/ids";

import type { ConsensusState } from "../core/state.ts";

/** Where a log ends, as candidates tell it. */
export type Head = {
  readonly headTerm: Term;
  readonly headNum: BlockNum;
  /** Nothing was made there since BFT changed to CFT. */
  readonly headUnderBft?: boolean;
};

export function headOf(state: ConsensusState): Head {
  return {
    headTerm: termOf(lastTermOf(state)),
    headNum: blockNumOf(state.log.head.num),
    ...(headIsUnderBft(state) ? { headUnderBft: true } : {}),
  };
}

/**
 * Raft section 5.4.1: by the last block's term, then by its number. What the old producers did after some new ones had gone on to CFT
 * may be of any term, and comes before all that CFT leaders made.
 */
export function isAtLeast(a: Head, b: Head): boolean {
  const isBehind = a.headUnderBft === true;
  if (isBehind !== (b.headUnderBft === true)) return !isBehind;
  if (a.headTerm !== b.headTerm) return a.headTerm > b.headTerm;
  return a.headNum >= b.headNum;
}

function headIsUnderBft({ consensus }: ConsensusState): boolean {
  return consensus.point.joint.current.algorithm === "bft";
}

/**
 * The term of the last block, or the later one in which BFT producers prepared it again: what they made final under BFT is
 * in every log that wins the first election after it.
 */
function lastTermOf(state: ConsensusState): number {
  const { log, bft } = state;
  const { head } = log;
  const { lock } = bft;
  if (!headIsUnderBft(state)) return head.term;
  return lock !== undefined && lock.num <= head.num ? Math.max(head.term, lock.term) : head.term;
}
