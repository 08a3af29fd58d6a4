import { concatBytes } from "@kith/protocol/hashes";
import { err, ok, type Result } from "@kith/protocol/result";

import { EntryReader, type EntryFieldError } from "./entry-reader.ts";
import { entryBytesMax } from "./limits.ts";
import { linkTargetsOf } from "./lipmaa.ts";
import { encodeVaru64 } from "./varu64.ts";
import { encodeYamfHash, yamfHash, type YamfHash } from "./yamf-hash.ts";

/** What an author signs: one step of one of their logs (Bamboo, "Concepts and Properties"). */
export type EntryFields = {
  readonly isEndOfLog: boolean;
  /** Raw Ed25519 public key. */
  readonly author: Uint8Array;
  readonly logId: bigint;
  /** From 1. */
  readonly seqNum: bigint;
  readonly lipmaaLink: YamfHash | undefined;
  readonly backlink: YamfHash | undefined;
  readonly payloadSize: bigint;
  readonly payloadHash: YamfHash;
};

export type Entry = EntryFields & {
  readonly signature: Uint8Array;
  /** The whole entry as it is hashed, stored and sent. */
  readonly bytes: Uint8Array;
  /** Over `bytes`, the signature included: what links name. */
  readonly hash: YamfHash;
};

export type EntryError =
  | EntryFieldError
  | { readonly code: "entry-too-long"; readonly sizeBytes: number }
  | { readonly code: "entry-tag-unknown"; readonly tag: number }
  | { readonly code: "entry-seq-num-zero" }
  | { readonly code: "entry-trailing-bytes"; readonly sizeBytes: number };

const signatureBytes = 64;

/** Writes and signs an entry. Links that do not belong to the sequence number are the caller's fault. */
export function signEntry(fields: EntryFields, sign: (message: Uint8Array) => Uint8Array): Entry {
  const targets = linkTargetsOf(fields.seqNum);
  const isLinked =
    (fields.backlink === undefined) === (targets.backlink === undefined) &&
    (fields.lipmaaLink === undefined) === (targets.lipmaaLink === undefined);
  if (!isLinked) throw new RangeError(`entry ${fields.seqNum} has the wrong links`);
  const signed = encodeFields(fields);
  const signature = sign(signed);
  const bytes = concatBytes(signed, signature);
  return { ...fields, signature, bytes, hash: yamfHash(bytes) };
}

function encodeFields(fields: EntryFields): Uint8Array {
  return concatBytes(
    Uint8Array.of(fields.isEndOfLog ? 1 : 0),
    fields.author,
    encodeVaru64(fields.logId),
    encodeVaru64(fields.seqNum),
    ...[fields.lipmaaLink, fields.backlink].flatMap((link) =>
      link === undefined ? [] : [encodeYamfHash(link)],
    ),
    encodeVaru64(fields.payloadSize),
    encodeYamfHash(fields.payloadHash),
  );
}

/** Reads one entry (Bamboo, "Encoding"); says nothing yet about its signature or where its links point. */
export function decodeEntry(bytes: Uint8Array): Result<Entry, EntryError> {
  if (bytes.length > entryBytesMax) {
    return err({ code: "entry-too-long", sizeBytes: bytes.length });
  }
  const reader = new EntryReader(bytes);
  const tag = reader.bytes(1)[0] ?? 0;
  const author = reader.bytes(32);
  const logId = reader.number();
  const seqNum = reader.number();
  if (reader.error === undefined && tag > 1) return err({ code: "entry-tag-unknown", tag });
  if (reader.error === undefined && seqNum === 0n) return err({ code: "entry-seq-num-zero" });
  const targets = linkTargetsOf(seqNum === 0n ? 1n : seqNum);
  const lipmaaLink = targets.lipmaaLink === undefined ? undefined : reader.hash();
  const backlink = targets.backlink === undefined ? undefined : reader.hash();
  const payloadSize = reader.number();
  const payloadHash = reader.hash();
  const signature = reader.bytes(signatureBytes);
  if (reader.error !== undefined) return err(reader.error);
  if (payloadHash === undefined) return err({ code: "entry-cut-off", sizeBytes: bytes.length });
  if (reader.restBytes > 0) {
    return err({ code: "entry-trailing-bytes", sizeBytes: reader.restBytes });
  }
  return ok({
    isEndOfLog: tag === 1,
    author,
    logId,
    seqNum,
    lipmaaLink,
    backlink,
    payloadSize,
    payloadHash,
    signature,
    bytes,
    hash: yamfHash(bytes),
  });
}

/** The part of an entry that its signature is over. */
export function signedPart(entry: Entry): Uint8Array {
  return entry.bytes.subarray(0, entry.bytes.length - signatureBytes);
}
