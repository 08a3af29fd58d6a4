import assert from "node:assert/strict";
import { test } from "node:test";

import { compareBytes, toHex, zeroChecksum } from "./hashes.ts";
import { encodeKey, keyAfterPrefix, type KeyPart } from "./key.ts";
import { accountNameConstant } from "./names.ts";

function assertAscending(keys: readonly (readonly KeyPart[])[]): void {
  const encoded = keys.map(encodeKey);
  for (const [i, key] of encoded.entries()) {
    const next = encoded[i + 1];
    if (next !== undefined) assert.ok(compareBytes(key, next) < 0, `${i}: ${toHex(key)}`);
  }
}

test("numbers are ordered as numbers", () => {
  assertAscending([0, 1, 255, 256, 65_535].map((value) => [{ kind: "u16", value }]));
  assertAscending([0, 255, 256, 2 ** 32 - 1].map((value) => [{ kind: "u32", value }]));
  assertAscending([0n, 2n ** 32n, 2n ** 64n - 1n].map((value) => [{ kind: "u64", value }]));
});

test("texts are ordered by their characters, whatever follows them", () => {
  const texts = ["", "\0", "\0a", "a", "a\0", "a\0b", "ab", "b", "ä", "😀"];
  assertAscending(texts.map((value) => [{ kind: "str", value }]));
  const last: KeyPart = { kind: "u8", value: 255 };
  const first: KeyPart = { kind: "u8", value: 0 };
  assertAscending(
    texts.flatMap((value): KeyPart[][] => [
      [{ kind: "str", value }, first],
      [{ kind: "str", value }, last],
    ]),
  );
});

test("byte strings are ordered byte by byte, zeros included", () => {
  const values = [[], [0], [0, 0], [0, 1], [0, 255], [1], [255], [255, 0]];
  assertAscending(values.map((value) => [{ kind: "bytes", value: Uint8Array.from(value) }]));
});

test("accounts are ordered by name", () => {
  const names = ["0", "a", "a-1", "a0", "alice", "alice-2", "b", "zzzzzzzzzz"];
  assertAscending(names.map((name) => [{ kind: "account", value: accountNameConstant(name) }]));
});

test("a checksum takes 32 bytes", () => {
  assert.equal(encodeKey([{ kind: "checksum", value: zeroChecksum }]).length, 32);
});

test("a number that does not fit its kind is a mistake of the caller", () => {
  assert.throws(() => encodeKey([{ kind: "u8", value: 256 }]), RangeError);
  assert.throws(() => encodeKey([{ kind: "u64", value: -1n }]), RangeError);
});

test("the key behind a prefix is behind all keys that begin with it and no others", () => {
  assert.deepEqual(keyAfterPrefix(Uint8Array.of(1, 2)), Uint8Array.of(1, 3));
  assert.deepEqual(keyAfterPrefix(Uint8Array.of(1, 255, 255)), Uint8Array.of(2));
  assert.equal(keyAfterPrefix(Uint8Array.of(255, 255)), undefined);
  assert.equal(keyAfterPrefix(new Uint8Array(0)), undefined);
});
