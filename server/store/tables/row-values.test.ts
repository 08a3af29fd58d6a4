import assert from "node:assert/strict";
import { test } from "node:test";

import type { Column } from "@kith/protocol/table-columns";

import { TypedRows } from "./typed-rows.ts";

const u8 = { kind: "integer", sizeBytes: 1, isSigned: false } as const;
const f64 = { kind: "float", sizeBytes: 8 } as const;

function rowsOf(...types: readonly (Column["type"] | readonly [Column["type"]])[]): TypedRows {
  const columns = types.map((type, at): Column => {
    const name = `f${at}`;
    return "kind" in type
      ? { name, type, optional: false }
      : { name, type: type[0], optional: true };
  });
  return new TypedRows({ name: "t", columns, keys: [[0]], types: {} });
}

const key = Uint8Array.of(7);

/** Whether the columns alone give the row back; that the row comes back is checked in any case. */
function isInColumns(rows: TypedRows, ...bytes: readonly number[]): boolean {
  const row = Uint8Array.from(bytes);
  const stored = rows.storedOf(key, row);
  assert.deepEqual(rows.rowOf(stored), row);
  return stored.exact === null;
}

test("a row as codecs pack it is in its columns only", () => {
  assert.ok(isInColumns(rowsOf(u8), 1, 0, 7));
  assert.ok(isInColumns(rowsOf(u8, { kind: "text" }), 5, 0, 7, 4, 0, 0, 0, 1, 0, 0, 0, 65));
  assert.ok(isInColumns(rowsOf(u8, { kind: "text" }), 5, 0, 7, 0, 0, 0, 0), "an empty text");
  assert.ok(isInColumns(rowsOf(u8, [u8]), 1, 0, 7), "an option that is left out");
  assert.ok(isInColumns(rowsOf(u8, [u8]), 5, 0, 7, 4, 0, 0, 0, 9));
  assert.ok(
    isInColumns(rowsOf(u8, [u8], u8), 6, 0, 7, 1, 0, 0, 0, 3),
    "none before the last field",
  );
  assert.ok(isInColumns(rowsOf(u8, [{ kind: "text" }]), 5, 0, 7, 0, 0, 0, 0), "some empty text");
  const packed = rowsOf(u8, { kind: "packed" }, { kind: "packed" });
  assert.ok(isInColumns(packed, 9, 0, 7, 8, 0, 0, 0, 7, 0, 0, 0, 1, 2, 3, 4, 5));
});

test("what no codec packs is kept as it is", () => {
  const text = rowsOf(u8, { kind: "text" });
  const lone: readonly (readonly number[])[] = [
    [5, 0, 7, 4, 0, 0, 0, 0, 0, 0, 0], // a pointer to an empty text
    [5, 0, 7, 5, 0, 0, 0, 9, 1, 0, 0, 0, 65], // a gap
    [5, 0, 7, 4, 0, 0, 0, 1, 0, 0, 0, 65, 66], // bytes behind the end
    [5, 0, 7, 4, 0, 0, 0, 2, 0, 0, 0, 65], // a size beyond the end
    [5, 0, 7, 1, 0, 0, 0], // the pointer of an option that is none
    [5, 0, 7, 255, 255, 255, 255],
    [1, 0, 7], // a field is missing
    [9, 0, 7, 0, 0, 0, 0, 1, 0, 0, 0], // a field that nobody knows
    [200, 0, 7],
    [1],
    [],
  ];
  for (const bytes of lone) {
    const isReadable = bytes.length > 2;
    if (isReadable) assert.ok(!isInColumns(text, ...bytes), bytes.join());
  }
  assert.ok(
    !isInColumns(rowsOf(u8, [u8]), 5, 0, 7, 1, 0, 0, 0),
    "an option that could be left out",
  );
  assert.ok(!isInColumns(rowsOf(u8, [u8]), 5, 0, 7, 0, 0, 0, 0), "no number is empty");
  const two = rowsOf(u8, { kind: "packed" }, { kind: "packed" });
  assert.ok(!isInColumns(two, 9, 0, 7, 8, 0, 0, 0, 4, 0, 0, 0, 1, 2), "both point to the same");
  assert.ok(!isInColumns(two, 9, 0, 7, 12, 0, 0, 0, 4, 0, 0, 0, 1, 2, 3, 4, 5), "in another order");
});

function float(value: number): readonly number[] {
  return [...new Uint8Array(Float64Array.of(value).buffer)];
}

test("numbers that SQLite does not have are kept as they are", () => {
  const rows = rowsOf(u8, f64);
  assert.ok(isInColumns(rows, 9, 0, 7, ...float(1.5)));
  assert.ok(isInColumns(rows, 9, 0, 7, ...float(Number.NEGATIVE_INFINITY)));
  assert.ok(!isInColumns(rows, 9, 0, 7, ...float(Number.NaN)));
  assert.ok(!isInColumns(rows, 9, 0, 7, ...float(-0)));
});

test("a row under a key that is not its own comes back too", () => {
  assert.ok(!isInColumns(rowsOf(u8), 1, 0, 8));
  assert.throws(() => rowsOf(u8).storedOf(Uint8Array.of(1, 2), Uint8Array.of(1, 0, 1)));
});
