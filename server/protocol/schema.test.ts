import assert from "node:assert/strict";
import { test } from "node:test";

import { list, object, option, str, u64 } from "./fracpack.ts";
import { bytesOfTrustedHex, toHex } from "./hashes.ts";
import { schemaDepthMax, schemaTypesMax } from "./limits.ts";
import { accountCodec, accountNameConstant } from "./names.ts";
import { psibaseTypes } from "./psibase-types.ts";
import type { AnyType, SchemaTypes } from "./schema-types.ts";
import {
  compileSchema,
  packSchema,
  parseSchemaTypes,
  schemaOf,
  unpackSchema,
  type CompiledSchema,
} from "./schema.ts";

const u8: AnyType = { Int: { bits: 8, isSigned: false } };
const i64: AnyType = { Int: { bits: 64, isSigned: true } };
const text: AnyType = { Custom: { type: { List: u8 }, id: "string" } };

function compiled(types: SchemaTypes): CompiledSchema {
  const schema = compileSchema(types);
  assert.ok(schema.ok, JSON.stringify(schema));
  return schema.value;
}

function assertPacks(types: SchemaTypes, json: unknown, hex: string): void {
  const schema = compiled(types);
  const packed = schema.packJson("T", json);
  assert.ok(packed.ok, JSON.stringify(packed));
  assert.equal(toHex(packed.value), hex);
  assert.deepEqual(schema.unpackJson("T", packed.value), { ok: true, value: json });
}

function faultOf(types: SchemaTypes, json: unknown): string {
  const packed = compiled(types).packJson("T", json);
  assert.ok(!packed.ok && packed.error.code === "json-does-not-fit");
  return `${packed.error.path}: ${packed.error.expected}`;
}

test("each kind of type packs its JSON", () => {
  assertPacks({ T: { Object: { a: u8, b: { Option: u8 } } } }, { a: 1, b: null }, "010001");
  assertPacks({ T: { Struct: { a: u8, b: i64 } } }, { a: 1, b: "-2" }, "01feffffffffffffff");
  assertPacks({ T: { Tuple: [u8, text] } }, [1, "x"], "050001040000000100000078");
  assertPacks({ T: { Array: { type: u8, len: "2" } } }, [1, 2], "0102");
  assertPacks({ T: { FracPack: u8 } }, 7, "0100000007");
  assertPacks({ T: { Float: { exp: 11, mantissa: 53 } } }, "-Infinity", "000000000000f0ff");
});

test("custom representations apply where they fit the type behind them, and are ignored elsewhere", () => {
  assertPacks(custom({ List: u8 }, "hex"), "0AFF", "020000000aff");
  assertPacks(custom({ Array: { type: u8, len: 2 } }, "hex"), "0AFF", "0aff");
  assertPacks(custom({ FracPack: i64 }, "hex"), "2A00000000000000", "080000002a00000000000000");
  const a = toHex(accountCodec.pack(accountNameConstant("a")));
  assertPacks(custom({ Int: { bits: 64, isSigned: false } }, "AccountNumber"), "a", a);
  assertPacks(custom(i64, "TimePointSec"), "2024-11-18T12:34:56Z", "70343b6700000000");
  assertPacks(custom({ List: i64 }, "string"), ["1"], "080000000100000000000000");
  assertPacks(custom({ Object: { value: u8 } }, "string"), { value: 3 }, "010003");
  assertPacks(custom(u8, "nobody knows"), 3, "03");
});

test("an optional member may be left out wherever it stands", () => {
  const members: SchemaTypes = { T: { Object: { a: { Option: text }, b: u8 } } };
  const schema = compiled(members);
  assert.deepEqual(schema.packJson("T", { b: 7 }), schema.packJson("T", { a: null, b: 7 }));
});

test("a map is an object, whose members keep their order", () => {
  const pair = { Object: { key: text, value: u8 } };
  const types = { T: { Custom: { type: { List: pair }, id: "map" } } };
  const schema = compiled(types);
  const packed = schema.packJson("T", { z: 1, a: 2, ["__proto__"]: 3 });
  assert.ok(packed.ok);
  const json = schema.unpackJson("T", packed.value);
  assert.ok(json.ok);
  assert.equal(JSON.stringify(json.value), '{"z":1,"a":2,"__proto__":3}');
});

test("alternatives are named in JSON, untagged ones are found by their form", () => {
  const types: SchemaTypes = {
    T: { Variant: { Number: u8, "@text": text, "@list": { List: u8 } } },
  };
  assertPacks(types, { Number: 5 }, "000100000005");
  assertPacks(types, "hi", "0106000000020000006869");
  assertPacks(types, [1], "02050000000100000001");
  assert.equal(faultOf(types, true), "$: one of Number, @text, @list");
  assert.equal(faultOf(types, { Number: "x" }), "$.Number: u8");
});

test("types may contain themselves through what is a pointer", () => {
  const types: SchemaTypes = { T: { Object: { name: text, children: { List: "T" } } } };
  const schema = compiled(types);
  const tree = { name: "a", children: [{ name: "b", children: [{ name: "c", children: [] }] }] };
  const packed = schema.packJson("T", tree);
  assert.ok(packed.ok);
  assert.deepEqual(schema.unpackJson("T", packed.value), { ok: true, value: tree });
});

test("JSON that does not fit is refused with its place and what was expected", () => {
  const types: SchemaTypes = {
    T: { Object: { name: text, numbers: { List: u8 }, when: { Option: i64 } } },
  };
  assert.equal(faultOf(types, { name: "a" }), "$: a member numbers");
  assert.equal(faultOf(types, { name: "a", numbers: [1, 256] }), "$.numbers[1]: u8");
  assert.equal(faultOf(types, { name: 1, numbers: [] }), "$.name: a text");
  assert.equal(faultOf(types, { name: "", numbers: [], x: 1 }), "$: no member named x");
  assert.equal(faultOf(types, { name: "", numbers: [], when: 1.5 }), "$.when: i64");
  assert.equal(faultOf(types, []), "$: an object");
});

test("hex is only accepted for bytes that the type behind it allows", () => {
  const types: SchemaTypes = {
    T: { Custom: { type: { FracPack: { Tuple: [u8] } }, id: "hex" } },
  };
  assertPacks(types, "010005", "03000000010005");
  for (const bad of ["", "01", "0100050", "zz", "01000505"]) {
    assert.equal(faultOf(types, bad), "$: hex of an allowed value");
  }
});

test("JSON that nests too deep, or is asked for too much, is an error and no stack overflow", () => {
  const types: SchemaTypes = { T: { Variant: { "@a": { List: "T" }, "@b": { List: "T" } } } };
  let json: unknown = "never";
  for (let i = 0; i < 60; i++) json = [json];
  const packed = compiled(types).packJson("T", json);
  assert.ok(!packed.ok);
  for (let i = 0; i < 10_000; i++) json = [json];
  assert.ok(!compiled(types).packJson("T", json).ok);
});

test("schemas that cannot be are refused with the type's name", () => {
  assert.equal(codeOf({ T: "T" }), "T: schema-type-contains-itself");
  assert.equal(codeOf({ T: "U" }), "T: schema-type-unknown");
  assert.equal(codeOf({ T: "toString" }), "T: schema-type-unknown");
  assert.equal(codeOf({ T: { Struct: { a: "T" } } }), "T: schema-type-contains-itself");
  assert.equal(codeOf({ T: { Array: { type: "T", len: 2 } } }), "T: schema-type-contains-itself");
  assert.equal(
    codeOf({ T: { Custom: { type: { Custom: { type: "T", id: "bool" } }, id: "string" } } }),
    "T: schema-type-contains-itself",
  );
  assert.equal(codeOf({ T: { Int: { bits: 12, isSigned: true } } }), "T: schema-type-unsupported");
  assert.equal(codeOf({ T: { Float: { exp: 5, mantissa: 11 } } }), "T: schema-type-unsupported");
});

test("schemas may go through options and custom types to themselves, as in psibase", () => {
  assert.ok(compileSchema({ T: { Custom: { type: { Option: "T" }, id: "string" } } }).ok);
  assert.ok(compileSchema({ T: { Option: { Custom: { type: "T", id: "string" } } } }).ok);
});

test("each limit of a schema is kept", () => {
  const many = Object.fromEntries(
    Array.from({ length: schemaTypesMax + 1 }, (_, i) => [`t${i}`, u8]),
  );
  assert.ok(!compileSchema(many).ok);
  assert.ok(!parseSchemaTypes(many).ok);
  let deep: AnyType = u8;
  for (let i = 0; i <= schemaDepthMax; i++) deep = { List: deep };
  assert.ok(!compileSchema({ deep }).ok);
  assert.ok(!parseSchemaTypes({ deep }).ok);
  const empties: AnyType = { Array: { type: { Struct: {} }, len: 1_000_000 } };
  const tooLarge = { ok: false, error: { code: "schema-too-large", typeName: "T" } };
  assert.deepEqual(compileSchema({ T: empties }), tooLarge);
  const wide: AnyType = { Object: { a: { Array: { type: u8, len: 65_536 } } } };
  assert.deepEqual(compileSchema({ T: wide }), tooLarge);
});

test("JSON that is no schema is refused", () => {
  const bad: unknown[] = [
    null,
    [],
    { T: 1 },
    { T: { List: u8, Option: u8 } },
    { T: { Unknown: u8 } },
    { T: { Int: { bits: "8", isSigned: false } } },
    { T: { Array: { type: u8, len: "-1" } } },
    { T: { Object: { 7: u8 } } },
    { T: { Custom: { type: u8 } } },
    JSON.parse('{ "__proto__": "u8" }'),
  ];
  for (const json of bad) assert.ok(!parseSchemaTypes(json).ok, JSON.stringify(json));
});

test("a schema comes back out of its packed form", () => {
  const packed = packSchema(psibaseTypes);
  assert.deepEqual(unpackSchema(packed), { ok: true, value: psibaseTypes });
  assert.ok(!unpackSchema(packed.subarray(1)).ok);
});

test("the schema of a codec packs the same bytes as the codec", () => {
  const codec = object({ id: u64, owner: accountCodec, tags: list(str), note: option(str) });
  const schema = compiled({ T: schemaOf(codec) });
  const packed = codec.pack({
    id: 5n,
    owner: accountNameConstant("alice"),
    tags: ["x"],
    note: "n",
  });
  const json = { id: "5", owner: "alice", tags: ["x"], note: "n" };
  assert.deepEqual(schema.packJson("T", json), { ok: true, value: packed });
  assert.deepEqual(schema.unpackJson("T", packed), { ok: true, value: json });
});

test("a type that the schema does not name is an error", () => {
  const schema = compiled({ T: u8 });
  const unknown = { ok: false, error: { code: "type-unknown", typeName: "U" } };
  assert.deepEqual(schema.packJson("U", 1), unknown);
  assert.deepEqual(schema.unpackJson("U", bytesOfTrustedHex("01")), unknown);
});

function custom(type: AnyType, id: string): SchemaTypes {
  return { T: { Custom: { type, id } } };
}

function codeOf(types: SchemaTypes): string {
  const schema = compileSchema(types);
  assert.ok(!schema.ok);
  return `${schema.error.typeName}: ${schema.error.code}`;
}
