import { vices } from "./liars/vices.ts";
import type { SubjectName } from "./subjects.ts";
import type { Weather } from "./weather.ts";

const liarMarks = [...vices.map((vice) => `liar-${vice}` as const), "liar-all-splits"] as const;

/** What a batch of runs must have reached at least once, or it proves less than it seems to. */
export const markNames = [
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
  "write-error",
  "disk-stall",
  "sector-rotten",
  "vote-rotten",
  "sector-corrupt",
  "write-lost",
  "write-misdirected",
  "read-fault",
  "damage-found",
  "misdirected-write-found",
  "block-repaired",
  "repair-before-start",
  "start-without-head",
  "block-lost",
  "torn-tail-repaired",
  "start-refused-vote",
  "start-refused-log",
  "stopped-by-damage",
  "old-disk",
  "speaks-again",
  "reformat",
  "newcomer",
  "newcomer-caught-up",
  "rolling-upgrade",
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
  "snapshot-races-append",
  "healed-everybody",
  "healed-quorum-alone",
  "read-index",
  "retry-after-timeout",
  "old-transaction-again",
  "view-change",
  "view-change-with-certificate",
  "second-view-change",
  "joint-commit",
  "block-carried-over",
  "catch-up-by-certificate",
  "lock-shown",
  "epoch-begun",
  "evidence",
  ...liarMarks,
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

/** The program that runs, and the weather that it runs in. */
export type BatchKind = `${SubjectName} ${Weather}`;

/** What a batch of this kind had to reach and did not. */
export function missingMarks(marks: Marks, kind: BatchKind): readonly Mark[] {
  return requiredMarks[kind].filter((mark) => !marks.has(mark));
}

/** Storms are about order: little goes wrong with what nodes are made of. */
const orderMarks: readonly Mark[] = [
  "election",
  "re-election",
  "leader-crash",
  "truncation",
  "unsynced-lost",
  "unsynced-kept",
  "crash-before-effect",
  "crash-after-effect",
  "disk-stall",
  "message-lost",
  "message-duplicated",
  "message-reordered",
  "message-stray",
  "partition-isolate-one",
  "partition-uniform-size",
  "partition-any-sides",
  "partition-one-link",
  "partition-symmetric",
  "partition-asymmetric",
  "partition-healed",
  "clog",
  "pause",
  "transfer",
  "change-proposed",
  "change-final",
  "old-blocks-sent",
  "read-index",
  "retry-after-timeout",
  "old-transaction-again",
];

/** Too rare for so few seeds. */
const onlyInStorms: readonly Mark[] = ["snapshot-races-append", "block-lost"];
const onlyInTheCore: readonly Mark[] = ["stopped-by-damage", "old-disk", "speaks-again"];

/** What a BFT network comes to, and what those do that lie in it. */
const bftMarks = [
  "view-change",
  "view-change-with-certificate",
  "second-view-change",
  "joint-commit",
  "block-carried-over",
  "catch-up-by-certificate",
  "lock-shown",
  "epoch-begun",
  "evidence",
  ...liarMarks,
] as const satisfies readonly Mark[];

/** Of CFT alone: elections, and leaders that read old blocks for one follower. */
const onlyUnderCft: readonly Mark[] = [
  "election",
  "re-election",
  "change-proposed",
  "old-blocks-sent",
];

const usualMarks = markNames.filter(
  (mark) => !onlyInStorms.includes(mark) && !bftMarks.some((each) => each === mark),
);

/** Liars have secret disks, so fewer are left on which it may happen. */
const rareUnderBft: readonly Mark[] = ["start-refused-vote"];

/** With observers there are too many ways to split the others. */
const tooRareInStorms: readonly Mark[] = ["liar-all-splits"];

function underBft(marks: readonly Mark[]): readonly Mark[] {
  const isLeftOut = (mark: Mark): boolean => [...onlyUnderCft, ...rareUnderBft].includes(mark);
  return [...marks.filter((mark) => !isLeftOut(mark)), ...bftMarks];
}

export const requiredMarks: Readonly<Record<BatchKind, readonly Mark[]>> = {
  "core usual": usualMarks,
  "core-bft usual": underBft(usualMarks),
  "core-bft storm": underBft(orderMarks).filter((mark) => !tooRareInStorms.includes(mark)),
  "core storm": [...orderMarks, "snapshot-installed", "snapshot-races-append", "block-lost"],
  "replica usual": usualMarks.filter((mark) => !onlyInTheCore.includes(mark)),
  "replica storm": orderMarks,
};
