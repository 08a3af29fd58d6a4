import assert from "node:assert/strict";
import { test } from "node:test";

import {
  array,
  bool,
  bytes,
  bytesUpTo,
  custom,
  f32,
  f64,
  fixedBytes,
  i16,
  i32,
  i64,
  i8,
  list,
  nested,
  object,
  option,
  str,
  strUpTo,
  struct,
  tuple,
  u16,
  u32,
  u64,
  u64Number,
  u8,
  variant,
  type Codec,
} from "./fracpack.ts";
import { bytesOfTrustedHex, toHex } from "./hashes.ts";
import { fracpackDepthMax } from "./limits.ts";

function assertPacks<T>(codec: Codec<T>, value: T, hex: string): void {
  assert.equal(toHex(codec.pack(value)), hex);
  assert.deepEqual(codec.unpack(bytesOfTrustedHex(hex)), { ok: true, value });
}

function faultOf<T>(codec: Codec<T>, hex: string): string | undefined {
  return codec.validate(bytesOfTrustedHex(hex))?.code;
}

test("numbers are little-endian and of their own size", () => {
  assertPacks(u8, 255, "ff");
  assertPacks(i8, -1, "ff");
  assertPacks(u16, 0x1234, "3412");
  assertPacks(i16, -2, "feff");
  assertPacks(u32, 0xffff_fffe, "feffffff");
  assertPacks(i32, -2, "feffffff");
  assertPacks(u64, 2n ** 64n - 2n, "feffffffffffffff");
  assertPacks(i64, -2n, "feffffffffffffff");
  assertPacks(u64Number, Number.MAX_SAFE_INTEGER, "ffffffffffff1f00");
  assertPacks(f32, 1, "0000803f");
  assertPacks(f64, -0.5, "000000000000e0bf");
  assertPacks(bool, true, "01");
});

test("a u64 that no number holds exactly is an error where a number is wanted", () => {
  assert.equal(faultOf(u64Number, "0000000000002000"), "fracpack-integer-out-of-range");
});

test("an extensible object leaves out the empty options at its end", () => {
  const codec = object({ a: option(u8), b: option(u8), c: option(u8) });
  assertPacks(codec, {}, "0000");
  assertPacks(codec, { a: 1 }, "04000400000001");
  assertPacks(codec, { b: 2 }, "0800010000000400000002");
  assertPacks(codec, { a: 1, b: 2, c: 3 }, "0c000c0000000900000006000000010203");
});

test("a struct has no size of its own, and is fixed when its members are", () => {
  assertPacks(struct({ a: u8, b: u16 }), { a: 1, b: 2 }, "010200");
  assertPacks(struct({ a: u8, b: option(u8) }), { a: 1, b: 2 }, "010400000002");
  assertPacks(list(struct({ a: u8 })), [{ a: 1 }, { a: 2 }], "020000000102");
});

test("empty texts, lists and byte strings are pointers of zero inside of others", () => {
  const codec = object({ text: str, list: list(u16), bytes });
  const value = { text: "", list: [], bytes: new Uint8Array(0) };
  assertPacks(codec, value, "0c00000000000000000000000000");
  assertPacks(option(str), "", "00000000");
  assertPacks(option(str), undefined, "01000000");
  assertPacks(option(option(list(u8))), [], "0400000000000000");
});

test("tuples, arrays, variants and nested values pack as psibase's", () => {
  assertPacks(tuple([u8, option(u8)]), [0, 1], "0500000400000001");
  assertPacks(array(option(u8), 2), [2, undefined], "080000000100000002");
  assertPacks(array(u8, 2), [1, 2], "0102");
  assertPacks(variant({ none: object({}), some: u8 }), { some: 1 }, "010100000001");
  assertPacks(nested(u64), 1n, "080000000100000000000000");
  assertPacks(tuple([nested(struct({}))]), [{}], "040000000000");
  assertPacks(fixedBytes(2), Uint8Array.of(7, 10), "070a");
});

test("a nested value of no bytes is a pointer of zero, whatever its type", () => {
  assertPacks(array(nested(array(str, 0)), 1), [[]], "00000000");
});

test("text is UTF-8 and nothing else", () => {
  assertPacks(str, "aä€😀", "0a00000061c3a4e282acf09f9880");
  for (const bad of ["c080", "eda080", "f4908080", "ff", "c3", "e282"]) {
    const size = (bad.length / 2).toString(16).padStart(2, "0");
    assert.equal(faultOf(str, `${size}000000${bad}`), "fracpack-text-not-utf8", bad);
  }
  const long = "ä".repeat(200);
  assert.deepEqual(str.unpack(str.pack(long)), { ok: true, value: long });
  const broken = str.pack(long);
  broken[204] = 0xff;
  assert.equal(str.validate(broken)?.code, "fracpack-text-not-utf8");
});

test("a reader of an older type skips optional fields that came later", () => {
  const older = object({ name: str, tags: list(str) });
  const newer = object({ name: str, tags: list(str), note: option(str), rank: option(u32) });
  const packed = newer.pack({ name: "a", tags: ["x"], note: "later", rank: 7 });
  assert.deepEqual(older.unpack(packed), { ok: true, value: { name: "a", tags: ["x"] } });
  const inList = list(newer).pack([{ name: "a", tags: [], rank: 7 }]);
  assert.deepEqual(list(older).unpack(inList), { ok: true, value: [{ name: "a", tags: [] }] });
  assert.deepEqual(newer.unpack(older.pack({ name: "a", tags: [] })), {
    ok: true,
    value: { name: "a", tags: [] },
  });
});

test("each kind of damage is found and named", () => {
  assert.equal(faultOf(u32, "000000"), "fracpack-out-of-bounds");
  assert.equal(faultOf(u32, "0000000000"), "fracpack-trailing-bytes");
  assert.equal(faultOf(bool, "02"), "fracpack-integer-out-of-range");
  assert.equal(faultOf(list(u16), "03000000ffffff"), "fracpack-bad-size");
  assert.equal(faultOf(list(u8), "ffffffff00"), "fracpack-out-of-bounds");
  assert.equal(faultOf(option(u8), "03000000"), "fracpack-bad-pointer");
  assert.equal(faultOf(option(u8), "05000000ffff"), "fracpack-bad-pointer");
  assert.equal(faultOf(option(str), "0400000000000000"), "fracpack-empty-container-has-pointer");
  assert.equal(faultOf(object({ a: option(u8) }), "040001000000"), "fracpack-last-option-empty");
  assert.equal(faultOf(object({ a: u8 }), "0000"), "fracpack-field-missing");
  assert.equal(faultOf(object({ a: u32 }), "020000000000"), "fracpack-bad-size");
  assert.equal(faultOf(variant({ a: u8 }), "0101000000ff"), "fracpack-unknown-alternative");
  assert.equal(faultOf(variant({ a: u8 }), "0002000000ffff"), "fracpack-bad-size");
});

test("a list, a text and a byte string longer than their limit are refused before they are read", () => {
  assert.ok(list(u8, 3).unpack(list(u8).pack([1, 2, 3])).ok);
  assert.equal(list(u8, 3).validate(list(u8).pack([1, 2, 3, 4]))?.code, "fracpack-too-long");
  assert.equal(strUpTo(3).validate(str.pack("aaaa"))?.code, "fracpack-too-long");
  assert.equal(bytesUpTo(3).validate(bytes.pack(new Uint8Array(4)))?.code, "fracpack-too-long");
});

test("values that nest deeper than the limit are refused", () => {
  let codec = object({}) as Codec<object>;
  let value: object = {};
  for (let depth = 1; depth < fracpackDepthMax; depth++) {
    codec = object({ inner: codec }) as unknown as Codec<object>;
    value = { inner: value };
  }
  assert.equal(codec.validate(codec.pack(value)), undefined);
  const deeper = object({ inner: codec });
  assert.equal(deeper.validate(deeper.pack({ inner: value }))?.code, "fracpack-too-deep");
});

test("a list of values without size cannot claim any", () => {
  assert.equal(faultOf(list(struct({})), "04000000"), "fracpack-out-of-bounds");
  assert.equal(faultOf(list(struct({})), "0400000000000000"), "fracpack-bad-size");
});

test("a view reads fields, elements and options one by one", () => {
  const codec = object({
    id: u32,
    owner: object({ name: str, age: option(u8) }),
    tags: list(str),
    pair: tuple([u8, str]),
  });
  const value = { id: 7, owner: { name: "alice" }, tags: ["x", "y"], pair: [1, "z"] } as const;
  const view = codec.view(codec.pack(value));
  assert.ok(view.ok);
  const { id, owner, tags, pair } = view.value;
  assert.equal(id, 7);
  assert.equal(owner.name, "alice");
  assert.equal(owner.age, undefined);
  assert.equal(tags.length, 2);
  assert.equal(tags.at(1), "y");
  assert.equal(tags.at(2), undefined);
  assert.equal(tags.at(-1), undefined);
  assert.deepEqual([...tags], ["x", "y"]);
  assert.equal(pair[1], "z");
  assert.ok(!codec.view(codec.pack(value).subarray(1)).ok);
});

test("byte strings are parts of the packed bytes, and packing copies them", () => {
  const codec = object({ data: bytes });
  const packed = codec.pack({ data: Uint8Array.of(1, 2, 3) });
  const unpacked = codec.unpack(packed);
  assert.ok(unpacked.ok);
  assert.equal(unpacked.value.data.buffer, packed.buffer);
  const again = codec.pack(unpacked.value);
  packed.fill(0);
  assert.deepEqual(codec.unpack(again), { ok: true, value: { data: Uint8Array.of(1, 2, 3) } });
});

test("a custom type is checked when it is read", () => {
  const even = custom<number, number>(u8, {
    encode: (value) => value / 2,
    decode: (half) => (half < 100 ? half * 2 : undefined),
  });
  assertPacks(even, 6, "03");
  assert.equal(faultOf(even, "ff"), "fracpack-value-not-allowed");
  assert.equal(faultOf(list(even), "0200000001ff"), "fracpack-value-not-allowed");
});

test("members named like those of every object are members like others", () => {
  // The type of every object has these members, with other types.
  const codec = object({
    constructor: option(u8),
    toString: option(u8),
  }) as unknown as Codec<object>;
  assertPacks(codec, {}, "0000");
  assertPacks(codec, { toString: 5 }, "0800010000000400000005");
});

test("packing inside of packing does not disturb it", () => {
  const inner = custom<string, Uint8Array>(bytes, {
    encode: (text) => str.pack(text),
    decode: (packed) => {
      const text = str.unpack(packed);
      return text.ok ? text.value : undefined;
    },
  });
  const codec = object({ before: str, inner, after: str });
  const value = { before: "before", inner: "inner", after: "after" };
  assert.deepEqual(codec.unpack(codec.pack(value)), { ok: true, value });
});
