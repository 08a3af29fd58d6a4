import assert from "node:assert/strict";
import { test } from "node:test";

import { accountNameConstant } from "@kith/protocol/names";
import { nextBelow, seedRandom } from "@kith/protocol/random";
import { memoryState } from "@kith/store/memory-state";

import { Overlay, type Rows } from "./overlay.ts";
import { placeOf } from "./place.ts";
import { StoredRows } from "./stored-rows.ts";

const service = accountNameConstant("notes");

test("ranges over changes and stored rows are those of one map, whatever was changed", () => {
  const seed = 20;
  const random = seedRandom(seed);
  const next = (below: number): number => nextBelow(random, below);
  for (let round = 0; round < 200; round++) {
    const state = memoryState();
    const truth = new Map<number, number>();
    state.begin();
    for (let i = next(20); i > 0; i--) {
      const key = next(40);
      const row = next(250);
      truth.set(key, row);
      state.putRow({ service, space: 0, key: Uint8Array.of(key) }, Uint8Array.of(row));
    }
    const block = new Overlay(new StoredRows(state));
    const transaction = new Overlay(block);
    for (const overlay of [block, transaction]) {
      for (let i = next(15); i > 0; i--) {
        const key = next(40);
        const row = next(2) === 0 ? undefined : next(250);
        if (row === undefined) truth.delete(key);
        else truth.set(key, row);
        const bytes = row === undefined ? undefined : Uint8Array.of(row);
        overlay.write(placeOf(service, 0, Uint8Array.of(key)), bytes);
      }
    }
    const from = next(40);
    const to = from + next(30);
    const reverse = next(2) === 0;
    const limit = next(12);
    const found = transaction
      .range({
        service,
        space: 0,
        from: Uint8Array.of(from),
        to: Uint8Array.of(to),
        reverse,
        limit,
      })
      .map(({ key, row }) => [key[0], row[0]]);
    const expected = [...truth]
      .filter(([key]) => key >= from && key < to)
      .toSorted(([a], [b]) => (reverse ? b - a : a - b))
      .slice(0, limit);
    assert.deepEqual(found, expected, `round ${round} of seed ${seed}`);
  }
});

test("a row that was removed on top is gone, and comes back when the overlay is dropped", () => {
  const state = memoryState();
  state.begin();
  const place = placeOf(service, 0, Uint8Array.of(1));
  state.putRow(place.address, Uint8Array.of(9));
  const below = new StoredRows(state);
  const overlay = new Overlay(below);
  overlay.write(place, undefined);
  assert.equal(overlay.read(place), undefined);
  assert.deepEqual(new Overlay(below).read(place), Uint8Array.of(9));
});

test("a range reads no more of what is below than it needs, however many rows were changed on top", () => {
  const asked: number[] = [];
  const below: Rows = {
    read: () => undefined,
    range: ({ from, limit }) => {
      asked.push(limit);
      const first = from?.[0] ?? 0;
      const rows = Array.from({ length: 250 - first }, (_, i) => Uint8Array.of(first + i));
      return rows.slice(0, limit).map((key) => ({ key, row: key }));
    },
  };
  const overlay = new Overlay(below);
  for (let key = 100; key < 250; key++) {
    overlay.write(placeOf(service, 0, Uint8Array.of(key)), Uint8Array.of(1));
  }
  const range = { service, space: 0, reverse: false, limit: 3 };
  assert.equal(overlay.range(range).length, 3);
  assert.deepEqual(asked, [3]);
});

test("rows that are removed on top are counted when a range passes over them", () => {
  const state = memoryState();
  state.begin();
  for (let key = 0; key < 100; key++) {
    state.putRow({ service, space: 0, key: Uint8Array.of(key) }, Uint8Array.of(key));
  }
  const block = new Overlay(new StoredRows(state));
  const transaction = new Overlay(block);
  for (let key = 0; key < 60; key++) {
    const overlay = key % 2 === 0 ? block : transaction;
    overlay.write(placeOf(service, 0, Uint8Array.of(key)), undefined);
  }
  let passed = 0;
  const range = { service, space: 0, reverse: false, limit: 1 };
  const rows = transaction.range(range, (more) => {
    passed += more;
  });
  assert.deepEqual(
    rows.map(({ row }) => row[0]),
    [60],
  );
  assert.ok(passed >= 60 && passed < 250);
});

test("rows that are written after a range was read come into the next one in order", () => {
  const overlay = new Overlay(new StoredRows(memoryState()));
  const written: number[] = [];
  for (const key of [50, 10, 90, 70, 30, 10]) {
    overlay.write(placeOf(service, 0, Uint8Array.of(key)), Uint8Array.of(key));
    written.push(key);
    const range = { service, space: 0, reverse: true, limit: 10 };
    const found = overlay.range(range).map(({ row }) => row[0]);
    assert.deepEqual(
      found,
      [...new Set(written)].toSorted((a, b) => b - a),
    );
  }
});
