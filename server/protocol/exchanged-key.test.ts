import assert from "node:assert/strict";
import { test } from "node:test";

import {
  compileKey,
  exchangedKey,
  type ExchangedKeyField,
  type KeyFieldKind,
} from "./exchanged-key.ts";
import { toHex } from "./hashes.ts";
import { checksumOf, type AccountName } from "./ids.ts";
import { encodeKey, type KeyPart } from "./key.ts";
import { nextBelow, seedRandom } from "./random.ts";

const seed = 20_261_123;
const random = seedRandom(seed);
const below = (end: number): number => nextBelow(random, end);
const names = ["a", "z-9", "alice", "0123456789", "zzzzzzzzzz"];
const windowAt = 16;

type Example = { readonly value: unknown; readonly part: KeyPart };

const examples: { readonly [Kind in KeyFieldKind]: () => Example } = {
  u8: () => numberOf("u8", below(256)),
  u16: () => numberOf("u16", below(65_536)),
  u32: () => numberOf("u32", below(2 ** 32)),
  u64: () => {
    const value = BigInt(below(2 ** 32)) << BigInt(below(33));
    const fits = value <= BigInt(Number.MAX_SAFE_INTEGER) && below(2) === 0;
    return { value: fits ? Number(value) : value, part: { kind: "u64", value } };
  },
  account: () => {
    const value = names[below(names.length)] as AccountName;
    return { value, part: { kind: "account", value } };
  },
  bool: () => {
    const value = below(2);
    return { value: value === 1, part: { kind: "u8", value } };
  },
  hash: () => {
    const value = checksumOf(toHex(Uint8Array.from({ length: 32 }, () => below(256))));
    return { value, part: { kind: "checksum", value } };
  },
};

function numberOf(kind: "u8" | "u16" | "u32", value: number): Example {
  return { value, part: { kind, value } };
}

test(`a key that is written in place is the protocol's (seed ${seed})`, () => {
  const kinds = Object.keys(examples) as KeyFieldKind[];
  const area = new Uint8Array(windowAt + 4 * 32);
  const view = new DataView(area.buffer, windowAt);
  for (let round = 0; round < 3000; round++) {
    const fields: ExchangedKeyField[] = Array.from({ length: 1 + below(4) }, (_, i) => ({
      name: `field ${i}`,
      kind: kinds[below(kinds.length)] ?? "u8",
    }));
    const chosen = fields.map(({ name, kind }) => ({ name, ...examples[kind]() }));
    const write = compileKey(fields, view);
    assert.ok(write !== undefined);
    const size = write(Object.fromEntries(chosen.map(({ name, value }) => [name, value])));
    const expected = encodeKey(chosen.map(({ part }) => part));
    assert.deepEqual(area.slice(windowAt, windowAt + (size ?? 0)), expected, `round ${round}`);
  }
});

test("values that are not what a key's field takes are left to whoever says why", () => {
  const wrong: { readonly [Kind in KeyFieldKind]: readonly unknown[] } = {
    u8: [256, -1, 0.5, Number.NaN, "1", 1n, undefined, null],
    u16: [65_536, -1, 0.5, "1", 1n, undefined],
    u32: [2 ** 32, -1, 0.5, Number.POSITIVE_INFINITY, "1", 1n, undefined],
    u64: [2n ** 64n, -1n, -1, 0.5, 2 ** 53, "1", undefined],
    account: ["", "Alice", "a--b", "alice+1", "elevenchars", 5, undefined],
    bool: [0, 1, "true", undefined],
    hash: ["00", "00".repeat(33), "0g".repeat(32), new Uint8Array(32), 5, undefined],
  };
  const view = new DataView(new ArrayBuffer(32));
  for (const [kind, values] of Object.entries(wrong)) {
    const write = compileKey([{ name: "a", kind: kind as KeyFieldKind }], view);
    for (const a of values) assert.equal(write?.({ a }), undefined, `${kind} ${String(a)}`);
    assert.equal(write?.({}), undefined);
  }
});

test("a name that every object inherits is not taken for a field", () => {
  const view = new DataView(new ArrayBuffer(16));
  assert.equal(compileKey([{ name: "toString", kind: "u8" }], view), undefined);
});

test("outside of service machines nothing is exchanged", () => {
  assert.equal(exchangedKey([{ name: "a", kind: "u8" }]), undefined);
});
