import { verifyEd25519 } from "@kith/protocol/ed25519";
import { equalBytes } from "@kith/protocol/hashes";
import { err, ok, type Result } from "@kith/protocol/result";

import { signedPart, type Entry } from "./entry.ts";
import { payloadBytesMax } from "./limits.ts";
import { linkTargetsOf } from "./lipmaa.ts";
import { yamfHash } from "./yamf-hash.ts";

/** Those of the entries that an entry's links have to name which are here and verified. */
export type LinkedEntries = {
  readonly backlink: Entry | undefined;
  readonly lipmaaLink: Entry | undefined;
};

export type LinkName = keyof LinkedEntries;

export type EntryVerificationError =
  | { readonly code: "entry-signature-invalid"; readonly seqNum: bigint }
  /** No link leads to an entry that is here. */
  | { readonly code: "entry-without-path"; readonly seqNum: bigint }
  | { readonly code: "entry-link-wrong"; readonly link: LinkName; readonly seqNum: bigint };

export type PayloadError =
  | { readonly code: "payload-too-long"; readonly sizeBytes: number }
  | { readonly code: "payload-hash-wrong"; readonly seqNum: bigint }
  /** The author lied: Bamboo holds the log invalid from this entry on. */
  | { readonly code: "payload-size-wrong"; readonly seqNum: bigint; readonly sizeBytes: number };

/**
 * "Verified" as Bamboo means it, given that `linked` are: authentic, on a path to the first entry, and each link names
 * the expected entry. Under partial replication one of the two may not be here; it is checked when it arrives.
 */
export function verifyEntry(
  entry: Entry,
  linked: LinkedEntries,
): Result<void, EntryVerificationError> {
  const { seqNum } = entry;
  if (!isAuthentic(entry)) return err({ code: "entry-signature-invalid", seqNum });
  const isFirst = seqNum === 1n;
  if (!isFirst && linked.backlink === undefined && linked.lipmaaLink === undefined) {
    return err({ code: "entry-without-path", seqNum });
  }
  for (const link of ["backlink", "lipmaaLink"] as const) {
    if (!namesTarget(entry, link, linked[link])) {
      return err({ code: "entry-link-wrong", link, seqNum });
    }
  }
  return ok(undefined);
}

/** All that can be said of an entry alone. */
export function isAuthentic(entry: Entry): boolean {
  return verifyEd25519(signedPart(entry), entry.author, entry.signature);
}

function namesTarget(entry: Entry, link: LinkName, target: Entry | undefined): boolean {
  if (target === undefined) return true;
  return (
    target.seqNum === linkTargetsOf(entry.seqNum)[link] &&
    target.logId === entry.logId &&
    equalBytes(target.author, entry.author) &&
    target.hash === entry[link] &&
    !target.isEndOfLog
  );
}

export function verifyPayload(entry: Entry, payload: Uint8Array): Result<void, PayloadError> {
  const { seqNum } = entry;
  if (payload.length > payloadBytesMax) {
    return err({ code: "payload-too-long", sizeBytes: payload.length });
  }
  if (yamfHash(payload) !== entry.payloadHash) return err({ code: "payload-hash-wrong", seqNum });
  if (BigInt(payload.length) !== entry.payloadSize) {
    return err({ code: "payload-size-wrong", seqNum, sizeBytes: payload.length });
  }
  return ok(undefined);
}
