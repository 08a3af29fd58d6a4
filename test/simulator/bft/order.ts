import type { SignedViewChange, SignedVote } from "@kith/protocol/vote";

/** Epochs, then terms, then heights (bft.md, irreversibility). Counted here a second time. */
export type Rank = readonly [epoch: number, term: number, num: number];

export function isWorse(a: Rank, b: Rank): boolean {
  for (const [at, value] of a.entries()) {
    const other = b[at] ?? 0;
    if (value !== other) return value < other;
  }
  return false;
}

export function rankOfBest({ bestEpoch, bestTerm, best }: SignedViewChange): Rank {
  return [bestEpoch, bestTerm, best.num];
}

/** What the vote says that its node has committed. */
export function rankOfCommit({ epoch, term, committed }: SignedVote): Rank {
  return [epoch, term, committed.num];
}
