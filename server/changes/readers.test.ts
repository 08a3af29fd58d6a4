import assert from "node:assert/strict";
import { test } from "node:test";

import { accountNameConstant } from "@kith/protocol/names";

import type { AnswerRead } from "./change-source.ts";
import { Readers } from "./readers.ts";

const service = accountNameConstant("feed");
const other = accountNameConstant("other");
const bytes = (...values: readonly number[]): Uint8Array => Uint8Array.from(values);

function readersOf(readers: Readers<string>, space: number, ...key: readonly number[]): string[] {
  return [...new Set(readers.of({ service, space, key: bytes(...key) }))].toSorted();
}

test("a changed row leads to those who read it, its range, its space or its service", () => {
  const readers = new Readers<string>();
  const reads: Readonly<Record<string, readonly AnswerRead[]>> = {
    row: [{ service, space: 16, key: bytes(1, 2) }],
    range: [{ service, space: 16, from: bytes(1), to: bytes(2) }],
    open: [{ service, space: 16, from: bytes(2) }],
    space: [{ service, space: 16 }],
    service: [{ service }],
    elsewhere: [{ service: other }, { service: other, space: 16 }, { service, space: 17 }],
  };
  for (const [name, each] of Object.entries(reads)) readers.add(name, each);
  assert.deepEqual(readersOf(readers, 16, 1, 2), ["range", "row", "service", "space"]);
  assert.deepEqual(readersOf(readers, 16, 0, 255), ["service", "space"]);
  assert.deepEqual(readersOf(readers, 16, 2), ["open", "service", "space"]);
  assert.deepEqual(readersOf(readers, 18, 1), ["service"]);
  for (const [name, each] of Object.entries(reads)) readers.remove(name, each);
  assert.deepEqual(readersOf(readers, 16, 1, 2), []);
});
