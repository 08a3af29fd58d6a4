import assert from "node:assert/strict";
import { test } from "node:test";

import { checksumCodec } from "../checksums.ts";
import {
  bool,
  bytes,
  bytesUpTo,
  fixedHex,
  i16,
  i64,
  i8,
  object,
  str,
  strUpTo,
  u16,
  u32,
  u64,
  u64Number,
  u8,
  type AnyCodec,
} from "../fracpack.ts";
import { accountCodec } from "../names.ts";
import { nextBelow, seedRandom } from "../random.ts";
import { compileExchanged, compileObject, type QuickField } from "./quick.ts";

const seed = 20_261_122;
const random = seedRandom(seed);
const below = (end: number): number => nextBelow(random, end);

type Kind = { readonly codec: AnyCodec; readonly value: () => unknown };

const text = (): string =>
  String.fromCodePoint(
    ...Array.from({ length: below(12) }, () => [65, 0xe4, 0x20ac, 0x1f600][below(4)] ?? 65),
  );
const blob = (): Uint8Array => Uint8Array.from({ length: below(6) }, () => below(256));
const hex = (size: number): string =>
  Array.from({ length: size }, () => below(256).toString(16).padStart(2, "0")).join("");

const kinds: readonly Kind[] = [
  { codec: u8, value: () => below(256) },
  { codec: u16, value: () => below(65_536) },
  { codec: u32, value: () => below(2 ** 32) },
  { codec: i8, value: () => below(256) - 128 },
  { codec: i16, value: () => below(65_536) - 32_768 },
  { codec: u64, value: () => BigInt(below(2 ** 32)) << BigInt(below(33)) },
  { codec: i64, value: () => BigInt(below(2 ** 32)) - 2n ** 31n },
  { codec: u64Number, value: () => below(2 ** 32) * 2 ** below(22) },
  { codec: bool, value: () => below(2) === 1 },
  { codec: str, value: text },
  { codec: strUpTo(20), value: () => text().slice(0, 4) },
  { codec: bytes, value: blob },
  { codec: bytesUpTo(4), value: () => blob().slice(0, 4) },
  { codec: accountCodec, value: () => ["a", "alice", "z-9-z", "0123456789"][below(4)] },
  { codec: checksumCodec, value: () => hex(32) },
  { codec: fixedHex(3), value: () => hex(3) },
];

function someObject(from: readonly Kind[] = kinds) {
  const chosen = Array.from({ length: below(7) }, () => from[below(from.length)]).filter(
    (kind) => kind !== undefined,
  );
  const fields = Object.fromEntries(chosen.map(({ codec }, i) => [`f${i}`, codec]));
  let place = 0;
  const quickFields: QuickField[] = chosen.map(({ codec }, i) => {
    const at = place;
    place += codec.layout.fixedBytes;
    const { plain } = codec.layout;
    assert.ok(plain !== undefined);
    return { key: `f${i}`, place: at, plain };
  });
  const value = Object.fromEntries(chosen.map((kind, i) => [`f${i}`, kind.value()]));
  const quick = compileObject(quickFields, place);
  return { codec: object(fields), quick, quickFields, fixedBytes: place, value };
}

function mutated(packed: Uint8Array): Uint8Array {
  const copy = [...packed];
  for (let i = 1 + below(3); i > 0; i--) {
    const at = below(copy.length);
    const how = below(4);
    if (how === 0) copy.splice(at, 1);
    else if (how === 1) copy.splice(at, 0, below(256));
    else copy[at] = how === 2 ? below(256) : below(4);
  }
  return Uint8Array.from(copy);
}

test(`the quick way packs the same bytes and reads the same values (seed ${seed})`, () => {
  for (let round = 0; round < 2000; round++) {
    const { codec, quick, value } = someObject();
    const packed = codec.pack(value as never);
    assert.deepEqual(quick.pack(value as never), packed);
    assert.deepEqual(quick.unpack(packed), codec.trustedUnpack(packed));
  }
});

test(`the quick way takes nothing that is not valid, and reads it as it is (seed ${seed})`, () => {
  let taken = 0;
  let refused = 0;
  for (let round = 0; round < 20_000; round++) {
    const { codec, quick, value } = someObject();
    const bytesNow = mutated(codec.pack(value as never));
    const read = quick.unpack(bytesNow);
    const known = codec.unpack(bytesNow);
    if (read === undefined) {
      refused++;
      continue;
    }
    taken++;
    assert.ok(known.ok, `seed ${seed}, round ${round}`);
    assert.deepEqual(read, known.value);
  }
  assert.ok(taken > 1000 && refused > 1000, `${taken} taken, ${refused} refused`);
});

const fixedKinds = kinds.filter(
  ({ codec: { layout } }) =>
    !layout.variable && (layout.plain?.kind !== "other" || layout.plain.known !== undefined),
);

test(`values are exchanged in place as they are packed and unpacked (seed ${seed})`, () => {
  const area = new Uint8Array(512);
  const view = new DataView(area.buffer, 64, 256);
  let refused = 0;
  for (let round = 0; round < 1500; round++) {
    const { codec, quickFields, fixedBytes, value } = someObject(fixedKinds);
    const exchanged = compileExchanged(quickFields, fixedBytes, view);
    area.fill(below(256));
    const packed = codec.pack(value as never);
    assert.equal(exchanged.write(value), packed.length);
    assert.deepEqual(area.slice(64, 64 + packed.length), packed);
    assert.deepEqual(exchanged.read(packed.length), codec.trustedUnpack(packed));
    const bytesNow = mutated(packed);
    area.set(bytesNow, 64);
    const read = exchanged.read(bytesNow.length);
    if (read === undefined) {
      refused++;
      continue;
    }
    const known = codec.unpack(bytesNow);
    assert.ok(known.ok, `seed ${seed}, round ${round}`);
    assert.deepEqual(read, known.value);
  }
  assert.ok(refused > 100 && refused < 1400, `${refused} refused`);
});

test("a value that is none is refused where it is exchanged as it is where it is packed", () => {
  const { plain } = accountCodec.layout;
  assert.ok(plain !== undefined);
  const view = new DataView(new ArrayBuffer(32));
  const exchanged = compileExchanged([{ key: "a", place: 0, plain }], 8, view);
  const codec = object({ a: accountCodec });
  for (const a of ["Alice", "", "a--b", "alice+1"]) {
    assert.throws(() => exchanged.write({ a }), RangeError);
    assert.throws(() => codec.pack({ a } as never));
  }
});

test("what does not fit the buffer is left to the layouts", () => {
  const codec = object({ a: str });
  const { plain } = str.layout;
  assert.ok(plain !== undefined);
  const quick = compileObject([{ key: "a", place: 0, plain }], 4);
  const long = { a: "x".repeat(20_000) };
  assert.equal(quick.pack(long as never), undefined);
  assert.deepEqual(quick.unpack(codec.pack(long)), long);
});
