import assert from "node:assert/strict";
import { test } from "node:test";

import { ed25519PublicKey, signEd25519 } from "@kith/protocol/ed25519";
import type { Result } from "@kith/protocol/result";

import { decodeEntry, signEntry, type Entry, type EntryFields } from "./entry.ts";
import { entryBytesMax, payloadBytesMax } from "./limits.ts";
import { appendEntry, nextEntry, type Log } from "./log.ts";
import { verifyPayload } from "./verify-entry.ts";
import { yamfHash } from "./yamf-hash.ts";

const secret = new Uint8Array(32).fill(7);
const author = ed25519PublicKey(secret);
const sign = (message: Uint8Array): Uint8Array => signEd25519(message, secret);
const payloadOf = (text: string): Uint8Array => new TextEncoder().encode(text);

function writeNext(log: Log, text: string, changed: Partial<EntryFields> = {}): Entry {
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

function writeLog(length: number): Log {
  let log: Log = new Map();
  while (log.size < length) log = append(log, writeNext(log, `entry ${log.size + 1}`));
  return log;
}

function append(log: Log, entry: Entry): Log {
  const longer = appendEntry(log, entry);
  assert.ok(longer.ok, `entry ${entry.seqNum}`);
  return longer.value;
}

function refusal(log: Log, entry: Entry): string {
  return codeOf(appendEntry(log, entry));
}

function codeOf(result: Result<unknown, { readonly code: string }>): string {
  assert.ok(!result.ok);
  return result.error.code;
}

test("a log is written, read back and verified entry by entry", () => {
  let copy: Log = new Map();
  for (const entry of writeLog(41).values()) {
    const decoded = decodeEntry(entry.bytes);
    assert.ok(decoded.ok);
    assert.deepEqual(decoded.value, entry);
    copy = append(copy, decoded.value);
  }
  assert.equal(copy.size, 41);
});

test("an entry whose links name other entries is refused", () => {
  const log = writeLog(3);
  const second = log.get(2n)?.hash;
  assert.equal(refusal(log, writeNext(log, "x", { lipmaaLink: second })), "entry-link-wrong");
  assert.equal(refusal(log, writeNext(log, "x", { backlink: second })), "entry-link-wrong");
  assert.equal(refusal(new Map(), writeNext(log, "x")), "entry-link-missing");
});

test("an entry that was changed after signing is refused", () => {
  const bytes = writeNext(new Map(), "x").bytes.slice();
  bytes[40] = (bytes[40] ?? 0) ^ 1;
  const decoded = decodeEntry(bytes);
  assert.ok(decoded.ok);
  assert.equal(refusal(new Map(), decoded.value), "entry-signature-invalid");
});

test("nothing follows the end of a log", () => {
  const log = append(writeLog(4), writeNext(writeLog(4), "end", { isEndOfLog: true }));
  assert.equal(refusal(log, writeNext(log, "more")), "entry-after-end-of-log");
});

test("a second entry with the same number shows a fork; the same entry again is nothing new", () => {
  const log = writeLog(4);
  const fourth = log.get(4n);
  assert.ok(fourth);
  assert.equal(append(log, fourth), log);
  assert.equal(refusal(log, writeNext(writeLog(3), "another")), "log-forked");
});

test("an entry of another log or author is no target of a link", () => {
  const log = writeLog(1);
  assert.equal(refusal(log, writeNext(log, "x", { logId: 4n })), "entry-link-wrong");
});

test("a payload has to have the hash and the size that were signed", () => {
  const entry = writeNext(new Map(), "payload");
  assert.deepEqual(verifyPayload(entry, payloadOf("payload")), { ok: true, value: undefined });
  assert.equal(codeOf(verifyPayload(entry, payloadOf("payloaf"))), "payload-hash-wrong");
  const liar = writeNext(new Map(), "payload", { payloadSize: 8n });
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
