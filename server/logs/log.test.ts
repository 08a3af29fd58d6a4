import assert from "node:assert/strict";
import { test } from "node:test";

import { ed25519PublicKey, signEd25519 } from "@kith/protocol/ed25519";
import type { Result } from "@kith/protocol/result";

import { decodeEntry, signEntry, type Entry, type EntryFields } from "./entry.ts";
import { entryBytesMax, payloadBytesMax } from "./limits.ts";
import { certificatePool } from "./lipmaa.ts";
import { nextEntry } from "./log.ts";
import { MemoryLog } from "./memory-log.ts";
import { verifyPayload } from "./verify-entry.ts";
import { yamfHash } from "./yamf-hash.ts";

const secret = new Uint8Array(32).fill(7);
const author = ed25519PublicKey(secret);
const sign = (message: Uint8Array): Uint8Array => signEd25519(message, secret);
const payloadOf = (text: string): Uint8Array => new TextEncoder().encode(text);

function writeNext(log: MemoryLog, text: string, changed: Partial<EntryFields> = {}): Entry {
  const payload = payloadOf(text);
  return signEntry(
    {
      isEndOfLog: false,
      author,
      logId: 3n,
      ...nextEntry(log),
      payloadSize: BigInt(payload.length),
      payloadHash: yamfHash(payload),
      ...changed,
    },
    sign,
  );
}

function writeLog(length: number): MemoryLog {
  const log = new MemoryLog();
  for (let seqNum = 1; seqNum <= length; seqNum++) {
    assert.equal(codeOf(log.add(writeNext(log, `entry ${seqNum}`))), "new");
  }
  return log;
}

/** The error's code, or the value when there is none. */
function codeOf(result: Result<unknown, { readonly code: string }>): unknown {
  return result.ok ? result.value : result.error.code;
}

test("a log is written, read back and verified entry by entry", () => {
  const copy = new MemoryLog();
  for (const entry of writeLog(41).entries()) {
    const decoded = decodeEntry(entry.bytes);
    assert.ok(decoded.ok);
    assert.deepEqual(decoded.value, entry);
    assert.equal(codeOf(copy.add(decoded.value)), "new");
  }
  assert.equal(copy.newest, 41n);
});

test("an entry whose links name other entries is refused", () => {
  const log = writeLog(3);
  const second = log.find(2n)?.hash;
  assert.equal(codeOf(log.add(writeNext(log, "x", { lipmaaLink: second }))), "entry-link-wrong");
  assert.equal(codeOf(log.add(writeNext(log, "x", { backlink: second }))), "entry-link-wrong");
  assert.equal(codeOf(new MemoryLog().add(writeNext(log, "x"))), "entry-without-path");
});

test("an entry that was changed after signing is refused", () => {
  const bytes = writeNext(new MemoryLog(), "x").bytes.slice();
  bytes[40] = (bytes[40] ?? 0) ^ 1;
  const decoded = decodeEntry(bytes);
  assert.ok(decoded.ok);
  assert.equal(codeOf(new MemoryLog().add(decoded.value)), "entry-signature-invalid");
});

test("nothing follows the end of a log", () => {
  const [log, other] = [writeLog(4), writeLog(4)];
  const more = writeNext(other, "more");
  other.add(more);
  while (other.newest < 7n) other.add(writeNext(other, "even more"));
  assert.equal(codeOf(log.add(writeNext(log, "end", { isEndOfLog: true }))), "new");
  assert.equal(codeOf(log.add(more)), "log-forked");
  assert.equal(codeOf(log.add(writeNext(log, "after"))), "entry-link-wrong");
  assert.equal(
    codeOf(log.add(writeNext(other, "the eighth links to 4"))),
    "entry-after-end-of-log",
  );
});

test("an end of log that newer entries follow is refused", () => {
  const log = writeLog(13);
  const partial = new MemoryLog();
  for (const seqNum of [1n, 4n, 13n]) {
    const entry = log.find(seqNum);
    assert.ok(entry);
    partial.add(entry);
  }
  const end = writeNext(writeLog(4), "end", { isEndOfLog: true });
  assert.equal(codeOf(partial.add(end)), "entry-after-end-of-log");
});

test("a second entry with the same number shows a fork; the same entry again is nothing new", () => {
  const log = writeLog(4);
  const fourth = log.find(4n);
  assert.ok(fourth);
  assert.equal(codeOf(log.add(fourth)), "known");
  assert.equal(codeOf(log.add(writeNext(writeLog(3), "another"))), "log-forked");
});

test("an entry of another log is no target of a link", () => {
  const log = writeLog(1);
  assert.equal(codeOf(log.add(writeNext(log, "x", { logId: 4n }))), "entry-link-wrong");
});

test("a certificate pool is enough to verify an entry, and what arrives later has to fit", () => {
  const log = writeLog(40);
  const partial = new MemoryLog();
  for (const seqNum of certificatePool(23n).toReversed()) {
    const entry = log.find(seqNum);
    assert.ok(entry);
    assert.equal(codeOf(partial.add(entry)), "new", `entry ${seqNum}`);
  }
  const [twelfth, other] = [log.find(12n), writeNext(writeLog(11), "another")];
  assert.ok(twelfth);
  for (const seqNum of [5n, 8n, 9n]) {
    const entry = log.find(seqNum);
    assert.ok(entry);
    partial.add(entry);
  }
  assert.equal(codeOf(partial.add(other)), "log-forked");
  assert.equal(codeOf(partial.add(twelfth)), "new");
});

test("a payload has to have the hash and the size that were signed", () => {
  const entry = writeNext(new MemoryLog(), "payload");
  assert.deepEqual(verifyPayload(entry, payloadOf("payload")), { ok: true, value: undefined });
  assert.equal(codeOf(verifyPayload(entry, payloadOf("payloaf"))), "payload-hash-wrong");
  const liar = writeNext(new MemoryLog(), "payload", { payloadSize: 8n });
  assert.equal(codeOf(verifyPayload(liar, payloadOf("payload"))), "payload-size-wrong");
  assert.equal(
    codeOf(verifyPayload(entry, new Uint8Array(payloadBytesMax + 1))),
    "payload-too-long",
  );
});

test("bytes that are no entry are refused with the reason", () => {
  const { bytes } = writeNext(writeLog(3), "x");
  assert.equal(codeOf(decodeEntry(Uint8Array.of(2, ...bytes.subarray(1)))), "entry-tag-unknown");
  assert.equal(codeOf(decodeEntry(Uint8Array.of(...bytes, 0))), "entry-trailing-bytes");
  assert.equal(codeOf(decodeEntry(new Uint8Array(entryBytesMax + 1))), "entry-too-long");
  assert.equal(codeOf(decodeEntry(new Uint8Array(200))), "entry-seq-num-zero");
  for (let size = 0; size < bytes.length; size++) {
    assert.equal(decodeEntry(bytes.subarray(0, size)).ok, false, `${size} bytes`);
  }
});

test("an entry cannot be signed with links that its number does not have", () => {
  assert.throws(() => writeNext(writeLog(1), "x", { backlink: undefined }), RangeError);
});
