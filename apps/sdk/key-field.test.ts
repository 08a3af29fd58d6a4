import assert from "node:assert/strict";
import { test } from "node:test";

import { encodeKey, type KeyPart } from "@kith/protocol/key";
import { nextBelow, seedRandom } from "@kith/protocol/random";

import { fixedKindOf } from "./key-field.ts";
import { encodePrefix, table } from "./table.ts";
import {
  account,
  bool,
  bytes,
  checksum,
  list,
  str,
  u16,
  u32,
  u64,
  u64Number,
  u8,
} from "./types.ts";

const seed = 20_261_121;
const random = seedRandom(seed);
const below = (end: number): number => nextBelow(random, end);
const someBytes = (size: number): Uint8Array =>
  Uint8Array.from({ length: size }, () => (below(4) === 0 ? 0 : below(256)));

const everything = table(
  "everything",
  { a: u8, b: u16, c: u32, d: u64, e: u64Number, f: account, g: str, h: bytes, i: checksum },
  { key: ["a", "b", "c", "d", "e", "f", "g", "h", "i"] },
);

test(`keys of rows are the protocol's, whatever is in them (seed ${seed})`, () => {
  const names = ["a", "z-9", "alice", "0123456789", "a-b-c-d-e"];
  for (let round = 0; round < 300; round++) {
    const text = String.fromCodePoint(...Array.from({ length: below(8) }, () => below(0xd800)));
    const row = {
      a: below(256),
      b: below(65_536),
      c: below(2 ** 32),
      d: BigInt(below(2 ** 32)) * BigInt(below(2 ** 32)),
      e: below(2 ** 32) * 2 ** 20,
      f: names[below(names.length)] ?? "a",
      g: text,
      h: someBytes(below(300)),
      i: "ab".repeat(32),
    };
    const parts = [
      { kind: "u8", value: row.a },
      { kind: "u16", value: row.b },
      { kind: "u32", value: row.c },
      { kind: "u64", value: row.d },
      { kind: "u64", value: BigInt(row.e) },
      { kind: "account", value: row.f },
      { kind: "str", value: row.g },
      { kind: "bytes", value: row.h },
      { kind: "checksum", value: row.i },
    ] as unknown as KeyPart[];
    const [key] = everything.keys;
    assert.ok(key !== undefined);
    assert.deepEqual(encodePrefix(key, row), encodeKey(parts));
  }
});

test("a value that does not fit its field is refused", () => {
  const [key] = everything.keys;
  assert.ok(key !== undefined);
  const row = { a: 0, b: 0, c: 0, d: 0n, e: 0, f: "a", g: "", h: new Uint8Array(), i: "00" };
  for (const field of [
    { a: 256 },
    { a: -1 },
    { b: 1.5 },
    { c: 2 ** 32 },
    { d: 2n ** 64n },
    { d: -1n },
    { e: 2 ** 53 },
    { f: "-" },
    { f: "ABC" },
    { g: 1 },
    { h: "00" },
    { i: 1 },
  ]) {
    assert.throws(() => encodePrefix(key, { ...row, ...field }), { code: "key-value-wrong" });
  }
});

test("keys of what always takes the same room are written in place, checksums too", () => {
  const kinds = [u8, u16, u32, u64, u64Number, account, bool, checksum].map(({ schema }) =>
    fixedKindOf(schema),
  );
  assert.deepEqual(kinds, ["u8", "u16", "u32", "u64", "u64", "account", "bool", "hash"]);
  for (const { schema } of [str, bytes, list(u8)]) {
    assert.equal(fixedKindOf(schema), undefined);
  }
});
