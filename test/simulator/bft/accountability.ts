import type { BlockPlace, SignedVote } from "@kith/protocol/vote";

import type { BlockTree } from "./block-tree.ts";
import { isWorse, rankOfBest, rankOfCommit, type Rank } from "./order.ts";
import type { Said, Statements } from "./statements.ts";

/**
 * Who has broken a rule, by what it signed alone. The safety proof of bft.md shows that two conflicting final blocks need
 * f + 1 of them: by two votes of one term that conflict (rule 2), or by a view change that names something worse than what its
 * sender had committed in an earlier term (rule 3).
 */
export function guiltyOf(tree: BlockTree, statements: Statements): ReadonlySet<string> {
  const guilty = new Set<string>();
  for (const node of statements.nodes()) {
    const terms = statements.of(node);
    if (terms !== undefined && isGuilty(tree, terms)) guilty.add(node);
  }
  return guilty;
}

function isGuilty(tree: BlockTree, terms: ReadonlyMap<number, Said>): boolean {
  let committed: Rank = [0, 0, 0];
  for (const [, { votes, views }] of [...terms].toSorted(([a], [b]) => a - b)) {
    // Those of this term come later than its view change: they are compared with later ones.
    const before = committed;
    if (views.some((view) => isWorse(rankOfBest(view), before))) return true;
    if (isConflicting(tree, votes)) return true;
    for (const vote of votes) {
      const rank = rankOfCommit(vote);
      if (vote.committed.num > 0 && isWorse(committed, rank)) committed = rank;
    }
  }
  return false;
}

/** Votes of one term name blocks of one chain. */
function isConflicting(tree: BlockTree, votes: readonly SignedVote[]): boolean {
  const tips = new Map<number, BlockPlace>();
  for (const { epoch, prepared, committed } of votes) {
    for (const place of [prepared, committed]) {
      const tip = tips.get(epoch);
      if (place.num === 0) continue;
      if (tip !== undefined && tree.conflicts(tip, place)) return true;
      if (tip === undefined || tip.num < place.num) tips.set(epoch, place);
    }
  }
  return false;
}
