/** What a batch of runs must have reached at least once, or it proves less than it seems to. */
const markNames = [
  "election",
  "re-election",
  "leader-crash",
  "truncation",
  "torn-tail",
  "unsynced-lost",
  "unsynced-kept",
  "crash-before-effect",
  "crash-after-effect",
  "crash-between-write-and-sync",
  "crash-while-starting",
  "power-cut-of-all",
  "fsync-error",
  "disk-stall",
  "message-lost",
  "message-duplicated",
  "message-reordered",
  "message-stray",
  "link-full",
  "partition-isolate-one",
  "partition-uniform-size",
  "partition-any-sides",
  "partition-one-link",
  "partition-symmetric",
  "partition-asymmetric",
  "partition-healed",
  "clog",
  "pause",
  "clock-jump",
  "transfer",
  "change-proposed",
  "change-final",
  "observer-caught-up",
  "old-blocks-sent",
  "snapshot-installed",
  "read-index",
  "retry-after-timeout",
  "old-transaction-again",
] as const;

export type Mark = (typeof markNames)[number];

/** Counts of what was reached. */
export type Marks = Map<Mark, number>;

export function reach(marks: Marks, mark: Mark): void {
  marks.set(mark, (marks.get(mark) ?? 0) + 1);
}

export function addMarks(into: Marks, from: Marks): void {
  for (const [mark, count] of from) into.set(mark, (into.get(mark) ?? 0) + count);
}

export function missingMarks(marks: Marks): readonly Mark[] {
  return markNames.filter((mark) => !marks.has(mark));
}
