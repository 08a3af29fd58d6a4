import assert from "node:assert/strict";
import { test } from "node:test";

import { transferBytesMax } from "@kith/protocol/guest-abi";
import { accountNameConstant } from "@kith/protocol/names";
import { memoryState } from "@kith/store/memory-state";

import { rowBytesMax } from "./limits.ts";
import type { Rows } from "./overlay.ts";
import { readRange } from "./read-range.ts";
import { StoredRows } from "./stored-rows.ts";

const service = accountNameConstant("notes");
const range = { service, space: 0, reverse: false, limit: 1000 };

test("a range of many portions gives every row once, in both directions", () => {
  const rows = withRows(250, 10);
  for (const reverse of [false, true]) {
    for (const limit of [0, 1, 63, 64, 65, 128, 129, 249, 250, 251, 1000]) {
      const read = readRange(rows, { ...range, reverse, limit });
      const keys = (read.rows ?? []).map(({ key }) => key[0]);
      const all = Array.from({ length: 250 }, (_, i) => (reverse ? 249 - i : i));
      assert.deepEqual(keys, all.slice(0, limit));
    }
  }
});

test("rows up to what one call carries are given, and larger ones are not read to their end", () => {
  assert.equal(readRange(withRows(2, transferBytesMax / 2), range).rows?.length, 2);
  let asked = 0;
  const many = withRows(200, rowBytesMax);
  const watched: Rows = {
    read: () => undefined,
    range: (portion) => {
      asked += portion.limit;
      return many.range(portion);
    },
  };
  const read = readRange(watched, range);
  assert.equal(read.rows, undefined);
  assert.ok(read.bytes > transferBytesMax);
  assert.equal(asked, 64);
});

function withRows(count: number, bytes: number): StoredRows {
  const state = memoryState();
  const row = new Uint8Array(bytes);
  state.begin();
  for (let key = 0; key < count; key++) {
    state.putRow({ service, space: 0, key: Uint8Array.of(key) }, row);
  }
  return new StoredRows(state);
}
