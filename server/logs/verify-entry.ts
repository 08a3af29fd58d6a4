import { verifyEd25519 } from "@kith/protocol/ed25519";
import { equalBytes } from "@kith/protocol/hashes";
import { err, ok, type Result } from "@kith/protocol/result";

import { signedPart, type Entry } from "./entry.ts";
import { payloadBytesMax } from "./limits.ts";
import { linkTargetsOf } from "./lipmaa.ts";
import { yamfHash } from "./yamf-hash.ts";

/** The verified entries that the links of an entry have to name. */
export type LinkedEntries = {
  readonly backlink: Entry | undefined;
  readonly lipmaaLink: Entry | undefined;
};

export type LinkName = keyof LinkedEntries;

export type EntryVerificationError =
  | { readonly code: "entry-signature-invalid"; readonly seqNum: bigint }
  | { readonly code: "entry-link-missing"; readonly link: LinkName; readonly seqNum: bigint }
  | { readonly code: "entry-link-wrong"; readonly link: LinkName; readonly seqNum: bigint }
  | { readonly code: "entry-after-end-of-log"; readonly seqNum: bigint };

export type PayloadError =
  | { readonly code: "payload-too-long"; readonly sizeBytes: number }
  | { readonly code: "payload-hash-wrong"; readonly seqNum: bigint }
  /** The author lied: Bamboo holds the log invalid from this entry on. */
  | { readonly code: "payload-size-wrong"; readonly seqNum: bigint; readonly sizeBytes: number };

/** "Verified" as Bamboo means it, given that `linked` are: authentic, and both links name the expected entries. */
export function verifyEntry(
  entry: Entry,
  linked: LinkedEntries,
): Result<void, EntryVerificationError> {
  const { seqNum } = entry;
  if (!verifyEd25519(signedPart(entry), entry.author, entry.signature)) {
    return err({ code: "entry-signature-invalid", seqNum });
  }
  for (const link of ["backlink", "lipmaaLink"] as const) {
    const checked = verifyLink(entry, link, linked[link]);
    if (!checked.ok) return checked;
  }
  if (linked.backlink?.isEndOfLog === true) return err({ code: "entry-after-end-of-log", seqNum });
  return ok(undefined);
}

function verifyLink(
  entry: Entry,
  link: LinkName,
  target: Entry | undefined,
): Result<void, EntryVerificationError> {
  const { seqNum } = entry;
  const expected = linkTargetsOf(seqNum)[link];
  if (expected === undefined) return ok(undefined);
  if (target === undefined) return err({ code: "entry-link-missing", link, seqNum });
  const isRight =
    target.seqNum === expected &&
    target.logId === entry.logId &&
    equalBytes(target.author, entry.author) &&
    target.hash === entry[link];
  return isRight ? ok(undefined) : err({ code: "entry-link-wrong", link, seqNum });
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
