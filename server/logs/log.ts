import { err, ok, type Result } from "@kith/protocol/result";

import type { Entry } from "./entry.ts";
import { linkersOf, linkTargetsOf } from "./lipmaa.ts";
import { verifyEntry, type EntryVerificationError, type LinkedEntries } from "./verify-entry.ts";
import type { YamfHash } from "./yamf-hash.ts";

/** What is known of one author's log: all of it, or those entries that were replicated. */
export type LogReader = {
  /** The highest sequence number that is known; 0 for none. */
  readonly newest: bigint;
  find(seqNum: bigint): Entry | undefined;
};

export type LogError =
  | EntryVerificationError
  /** Two entries, both signed, for one place in the log: `seqNum` is the earliest place that is known to be forked. */
  | { readonly code: "log-forked"; readonly seqNum: bigint }
  | { readonly code: "entry-after-end-of-log"; readonly seqNum: bigint };

/** What the author of a log has to write into its next entry. */
export type NextEntry = {
  readonly seqNum: bigint;
  readonly backlink: YamfHash | undefined;
  readonly lipmaaLink: YamfHash | undefined;
};

/** Whether the entry belongs into the log; "known" when it is there already. */
export function checkEntry(log: LogReader, entry: Entry): Result<"new" | "known", LogError> {
  const { seqNum, hash } = entry;
  const known = log.find(seqNum);
  if (known !== undefined) return known.hash === hash ? ok("known") : err(forked(seqNum));
  const verified = verifyEntry(entry, linkedEntries(log, seqNum));
  if (!verified.ok) return verified;
  const last = log.find(log.newest);
  if (seqNum > log.newest) {
    return last?.isEndOfLog === true ? err({ code: "entry-after-end-of-log", seqNum }) : ok("new");
  }
  if (entry.isEndOfLog) return err({ code: "entry-after-end-of-log", seqNum: log.newest });
  return isNamedByAll(log, entry) ? ok("new") : err(forked(seqNum));
}

/** For a log whose newest entries are all there. */
export function nextEntry(log: LogReader): NextEntry {
  const seqNum = log.newest + 1n;
  const linked = linkedEntries(log, seqNum);
  return { seqNum, backlink: linked.backlink?.hash, lipmaaLink: linked.lipmaaLink?.hash };
}

function linkedEntries(log: LogReader, seqNum: bigint): LinkedEntries {
  const { backlink, lipmaaLink } = linkTargetsOf(seqNum);
  return {
    backlink: backlink === undefined ? undefined : log.find(backlink),
    lipmaaLink: lipmaaLink === undefined ? undefined : log.find(lipmaaLink),
  };
}

/** An entry that arrives late has to be the one that newer entries were signed to follow. */
function isNamedByAll(log: LogReader, { seqNum, hash }: Entry): boolean {
  return linkersOf(seqNum).every((linker) => {
    const newer = log.find(linker);
    if (newer === undefined) return true;
    const targets = linkTargetsOf(linker);
    const isBacklink = targets.backlink !== seqNum || newer.backlink === hash;
    return isBacklink && (targets.lipmaaLink !== seqNum || newer.lipmaaLink === hash);
  });
}

function forked(seqNum: bigint): LogError {
  return { code: "log-forked", seqNum };
}
