import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";

import { compareBytes, toHex } from "@kith/protocol/hashes";
import { nextBelow, seedRandom } from "@kith/protocol/random";

import { newFolder } from "../fixtures.ts";
import { RowSorter } from "./row-sorter.ts";

const seed = Number(process.env["KITH_TEST_SEED"] ?? Date.now() % 1_000_000);

type Row = { readonly key: Uint8Array; readonly value: Uint8Array };

function textOf({ key, value }: Row): string {
  return `${toHex(key)} ${toHex(value)}`;
}

for (const [name, count, memoryBytesMax] of [
  ["no rows", 0, 1000],
  ["what fits into memory", 30, 100_000],
  ["a few runs", 400, 6000],
  ["many runs", 3000, 2500],
] as const) {
  test(`${name} come out in the order of their keys (seed ${seed})`, () => {
    const random = seedRandom(seed);
    const path = join(newFolder(), "inner", "rows");
    const sorter = new RowSorter({ path, memoryBytesMax });
    const rows = Array.from({ length: count }, (_, at): Row => {
      // Keys that are the beginning of others, and equal prefixes.
      const key = new Uint8Array(nextBelow(random, 6)).map(() => nextBelow(random, 3));
      const tail = Uint8Array.of(at >> 8, at & 0xff);
      const value = new Uint8Array(nextBelow(random, 10) === 0 ? 1500 : nextBelow(random, 40));
      return { key: Uint8Array.from([...key, ...tail]), value: value.fill(at) };
    });
    const given = new Uint8Array(2000);
    for (const { key, value } of rows) {
      given.set(key);
      given.set(value, key.length);
      // Memory that is used again for the next one.
      sorter.add({
        key: given.subarray(0, key.length),
        value: given.subarray(key.length, key.length + value.length),
      });
    }
    const expected = rows.toSorted((a, b) => compareBytes(a.key, b.key)).map(textOf);
    assert.deepEqual([...sorter.sorted()].length, count);
    sorter.close();
    assert.equal(existsSync(path), false);
    const again = new RowSorter({ path, memoryBytesMax });
    for (const row of rows) again.add(row);
    const found: string[] = [];
    for (const row of again.sorted()) found.push(textOf(row));
    assert.deepEqual(found, expected);
    again.close();
  });
}

test("a row that memory has no room for is refused", () => {
  const sorter = new RowSorter({ path: join(newFolder(), "rows"), memoryBytesMax: 100 });
  assert.throws(() => sorter.add({ key: new Uint8Array(), value: new Uint8Array(95) }), RangeError);
  sorter.add({ key: new Uint8Array(), value: new Uint8Array(94) });
});
