/** What the votes known so far decide. An empty set of voters has won, so that it never holds up a joint decision. */
export type VoteResult = "won" | "lost" | "pending";

/** The highest value that `quorum` of the values reach; a voter that said nothing counts as 0 or less. */
export function reachedByQuorum(values: readonly number[], quorum: number): number {
  if (values.length === 0) return Number.POSITIVE_INFINITY;
  // Sorted as numbers, without a call for each pair: this is done for every vote.
  const ascending = new Float64Array(values).toSorted();
  return ascending[values.length - quorum] ?? 0;
}

/** Undecided while the votes that are missing could still change the outcome. */
export function voteResult(votes: readonly (boolean | undefined)[], quorum: number): VoteResult {
  if (votes.length === 0) return "won";
  let granted = 0;
  let refused = 0;
  for (const vote of votes) {
    if (vote === true) granted += 1;
    if (vote === false) refused += 1;
  }
  if (granted >= quorum) return "won";
  return votes.length - refused < quorum ? "lost" : "pending";
}
