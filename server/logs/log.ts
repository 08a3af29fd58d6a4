import { err, ok, type Result } from "@kith/protocol/result";

import type { Entry } from "./entry.ts";
import { linkTargetsOf } from "./lipmaa.ts";
import { verifyEntry, type EntryVerificationError, type LinkedEntries } from "./verify-entry.ts";
import type { YamfHash } from "./yamf-hash.ts";

/** Verified entries of one log, by sequence number. */
export type Log = ReadonlyMap<bigint, Entry>;

export type AppendError =
  | EntryVerificationError
  | { readonly code: "log-forked"; readonly seqNum: bigint };

/** What the author of a log has to write into its next entry. */
export type NextEntry = {
  readonly seqNum: bigint;
  readonly backlink: YamfHash | undefined;
  readonly lipmaaLink: YamfHash | undefined;
};

/** The log with one more verified entry; an entry that is there already changes nothing. */
export function appendEntry(log: Log, entry: Entry): Result<Log, AppendError> {
  const known = log.get(entry.seqNum);
  if (known !== undefined) {
    return known.hash === entry.hash ? ok(log) : err({ code: "log-forked", seqNum: entry.seqNum });
  }
  const verified = verifyEntry(entry, linkedEntries(log, entry.seqNum));
  return verified.ok ? ok(new Map(log).set(entry.seqNum, entry)) : verified;
}

/** For a log that is kept without gaps. */
export function nextEntry(log: Log): NextEntry {
  const seqNum = BigInt(log.size) + 1n;
  const linked = linkedEntries(log, seqNum);
  return { seqNum, backlink: linked.backlink?.hash, lipmaaLink: linked.lipmaaLink?.hash };
}

function linkedEntries(log: Log, seqNum: bigint): LinkedEntries {
  const targets = linkTargetsOf(seqNum);
  const find = (target: bigint | undefined): Entry | undefined =>
    target === undefined ? undefined : log.get(target);
  return { backlink: find(targets.backlink), lipmaaLink: find(targets.lipmaaLink) };
}
