import assert from "node:assert/strict";
import { test } from "node:test";

import { checksumCodec } from "@kith/protocol/checksums";
import {
  bool,
  bytes,
  list,
  object,
  option,
  str,
  struct,
  u16,
  u32,
  u64,
  u8,
} from "@kith/protocol/fracpack";
import { sha256Hex } from "@kith/protocol/hashes";
import { encodeKey } from "@kith/protocol/key";
import { accountCodec, accountNameConstant } from "@kith/protocol/names";

import { keyOfRow } from "./row-key.ts";
import { rowLayout } from "./schema-layout.ts";

const rowCodec = object({
  inner: struct({ a: u8, b: u32 }),
  tags: list(str),
  flag: bool,
  small: u8,
  medium: u16,
  large: u32,
  huge: u64,
  owner: accountCodec,
  path: str,
  blob: bytes,
  hash: checksumCodec,
  note: option(str),
});

const row = {
  inner: { a: 1, b: 2 },
  tags: ["x", "yy"],
  flag: true,
  small: 200,
  medium: 60_000,
  large: 4_000_000_000,
  huge: 2n ** 63n + 5n,
  owner: accountNameConstant("alice"),
  path: "/ä\u0000/index.html",
  blob: Uint8Array.of(0, 1, 0, 255, 0),
  hash: sha256Hex(Uint8Array.of(1)),
};

const types = { row: rowCodec.schema, alias: "row" };

test("a key that is taken out of a packed row is the key that a service would encode", () => {
  const fields = ["owner", "path", "small", "medium", "large", "huge", "blob", "hash"];
  const expected = encodeKey([
    { kind: "account", value: row.owner },
    { kind: "str", value: row.path },
    { kind: "u8", value: row.small },
    { kind: "u16", value: row.medium },
    { kind: "u32", value: row.large },
    { kind: "u64", value: row.huge },
    { kind: "bytes", value: row.blob },
    { kind: "checksum", value: row.hash },
  ]);
  assert.deepEqual(keyFor(fields)(rowCodec.pack(row)), expected);
});

test("empty texts and bytes have keys too", () => {
  const packed = rowCodec.pack({ ...row, path: "", blob: new Uint8Array() });
  assert.deepEqual(keyFor(["path", "blob"])(packed), Uint8Array.of(0, 0, 0, 0));
});

test("a type that is named by another name is looked up", () => {
  assert.equal(rowLayout(types, "alias")?.length, 12);
  assert.equal(rowLayout(types, "nothing"), undefined);
});

test("bytes that are no such row have no key, wherever they are cut", () => {
  const packed = rowCodec.pack(row);
  const take = keyFor(["path", "hash"]);
  for (let length = 0; length < packed.length; length++) {
    const key = take(packed.slice(0, length));
    assert.ok(key === undefined || key.length > 0);
  }
  assert.equal(take(new Uint8Array()), undefined);
  assert.equal(take(new Uint8Array(400).fill(255)), undefined);
});

function keyFor(names: readonly string[]) {
  const layout = rowLayout(types, "row");
  assert.ok(layout);
  const fields = names.map((name) => {
    const field = layout.find((candidate) => candidate.name === name);
    assert.ok(field && field.kind.kind !== "other", name);
    return field;
  });
  return keyOfRow(fields);
}
