import assert from "node:assert/strict";
import { test } from "node:test";

import type { RowReader } from "@kith/chain/ports";
import { accountNameConstant } from "@kith/protocol/names";

import { readKeysMax, readRangesMax } from "./limits.ts";
import { RecordedReads } from "./recorded-reads.ts";

const service = accountNameConstant("feed");
const space = 16;
const bytes = (...values: readonly number[]): Uint8Array => Uint8Array.from(values);

/** Rows with the keys 0 to 99. */
const rows: RowReader = {
  getRow: ({ key }) => (key.length === 1 ? bytes(1) : undefined),
  rangeRows: ({ from, to, reverse, limit }) => {
    const keys = Array.from({ length: 100 }, (_, at) => at).filter(
      (key) => key >= (from?.[0] ?? 0) + (from?.length === 2 ? 1 : 0) && key < (to?.[0] ?? 100),
    );
    const found = reverse ? keys.toReversed() : keys;
    return found.slice(0, limit).map((key) => ({ key: bytes(key), row: bytes(1) }));
  },
};

test("rows count by their keys, there or not, until they are too many", () => {
  const reads = new RecordedReads(rows);
  reads.getRow({ service, space, key: bytes(1) });
  reads.getRow({ service, space, key: bytes(1, 2) });
  reads.getRow({ service, space, key: bytes(1) });
  assert.deepEqual(reads.all(), [
    { service, space, key: bytes(1) },
    { service, space, key: bytes(1, 2) },
  ]);
  for (let key = 0; key <= readKeysMax; key++) {
    reads.getRow({ service, space, key: bytes(key >> 8, key & 255) });
  }
  assert.deepEqual(reads.all(), [{ service, space }]);
});

test("a range counts up to where its limit ended it, and to its end when that did not", () => {
  const range = { service, space, reverse: false, limit: 10 };
  const of = (bounds: Partial<Parameters<RowReader["rangeRows"]>[0]>) => {
    const reads = new RecordedReads(rows);
    reads.rangeRows({ ...range, ...bounds });
    return reads.all();
  };
  assert.deepEqual(of({ from: bytes(5), to: bytes(9) }), [
    { service, space, from: bytes(5), to: bytes(9) },
  ]);
  assert.deepEqual(of({ from: bytes(5) }), [{ service, space, from: bytes(5), to: bytes(14, 0) }]);
  assert.deepEqual(of({ to: bytes(50), reverse: true }), [
    { service, space, from: bytes(40), to: bytes(50) },
  ]);
  assert.deepEqual(of({ limit: 500 }), [{ service, space }]);
  assert.deepEqual(of({ limit: 0 }), []);
});

test("portions of one range are one, in either direction; too many ranges are the whole", () => {
  const forwards = new RecordedReads(rows);
  const backwards = new RecordedReads(rows);
  for (let at = 10; at < 40; at += 10) {
    const portion = { service, space, limit: 10 };
    const from = at === 10 ? bytes(10) : bytes(at - 1, 0);
    forwards.rangeRows({ ...portion, from, to: bytes(90), reverse: false });
    backwards.rangeRows({ ...portion, to: bytes(100 - at), reverse: true });
  }
  assert.deepEqual(forwards.all(), [{ service, space, from: bytes(10), to: bytes(39, 0) }]);
  assert.deepEqual(backwards.all(), [{ service, space, from: bytes(60), to: bytes(90) }]);
  for (let at = 0; at <= readRangesMax; at++) {
    const range = { service, space, reverse: false, limit: 100 };
    forwards.rangeRows({ ...range, from: bytes(5 * at), to: bytes(5 * at + 1) });
  }
  assert.deepEqual(forwards.all(), [{ service, space }]);
});
