import assert from "node:assert/strict";
import { test } from "node:test";

import { accountNameConstant } from "@kith/protocol/names";

import { readIntervalsMax } from "./limits.ts";
import type { KeyedRow, RowAddress, RowRange } from "./ports.ts";
import { ReadSet } from "./read-set.ts";

const service = accountNameConstant("notes");
const at = (...key: readonly number[]): RowAddress => ({
  service,
  space: 16,
  key: Uint8Array.from(key),
});
const row = (...key: readonly number[]): KeyedRow => ({
  key: Uint8Array.from(key),
  row: new Uint8Array(),
});
const range = (bounds: Partial<RowRange>): RowRange => ({
  service,
  space: 16,
  reverse: false,
  limit: 2,
  ...bounds,
});

test("a row that was looked for is read, whether it is there or not, and no other is", () => {
  const reads = new ReadSet();
  reads.addRow(at(1, 2));
  assert.equal(reads.has(at(1, 2)), true);
  assert.equal(reads.has(at(1, 2, 0)), false);
  assert.equal(reads.has(at(1, 1)), false);
  assert.equal(reads.has({ ...at(1, 2), space: 32 }), false);
  assert.equal(reads.has({ ...at(1, 2), service: accountNameConstant("other") }), false);
});

test("a range that ran out of rows was read to its end", () => {
  const reads = new ReadSet();
  reads.addRange(range({ from: Uint8Array.of(2), to: Uint8Array.of(9) }), [row(3)]);
  assert.deepEqual(
    [1, 2, 8, 9].map((key) => reads.has(at(key))),
    [false, true, true, false],
  );
});

test("a range that its limit ended was read up to its last row", () => {
  const reads = new ReadSet();
  reads.addRange(range({ from: Uint8Array.of(2) }), [row(3), row(5)]);
  assert.deepEqual(
    [1, 2, 4, 5, 6].map((key) => reads.has(at(key))),
    [false, true, true, true, false],
  );
});

test("a range from behind was read down to its last row", () => {
  const reads = new ReadSet();
  reads.addRange(range({ reverse: true, to: Uint8Array.of(9) }), [row(7), row(5)]);
  assert.deepEqual(
    [4, 5, 8, 9].map((key) => reads.has(at(key))),
    [false, true, true, false],
  );
});

test("more reads than are kept count as the whole table", () => {
  const reads = new ReadSet();
  for (let key = 0; key <= readIntervalsMax; key++) reads.addRow(at(key >> 8, key & 255, 1));
  assert.equal(reads.has(at(99)), true);
  assert.equal(reads.has({ ...at(99), space: 32 }), false);
});
