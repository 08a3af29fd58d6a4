import assert from "node:assert/strict";
import { test } from "node:test";

import { toHex } from "@kith/protocol/hashes";
import {
  compileSchema,
  packSchema,
  parseSchemaTypes,
  unpackSchema,
  type CompiledSchema,
} from "@kith/protocol/schema";
import type { AnyType } from "@kith/protocol/schema-types";
import * as fc from "fast-check";

import { mutated } from "./mutation.ts";
import { anyType, jsonOf } from "./schema-values.ts";
import { check, seed } from "./seed.ts";

function compiled(type: AnyType): CompiledSchema {
  const schema = compileSchema({ T: type });
  assert.ok(schema.ok, JSON.stringify([type, schema]));
  return schema.value;
}

function packed(schema: CompiledSchema, json: unknown): Uint8Array {
  const bytes = schema.packJson("T", json);
  assert.ok(bytes.ok, JSON.stringify(bytes));
  return bytes.value;
}

const typeAndJson = anyType(3).chain((type) => fc.tuple(fc.constant(type), jsonOf(type)));

test(`any value of any type comes back as it was packed (seed ${seed})`, () => {
  check(2_000, typeAndJson, ([type, json]) => {
    const schema = compiled(type);
    assert.deepEqual(schema.unpackJson("T", packed(schema, json)), { ok: true, value: json });
  });
});

test(`no part of a packed value is a value, unless it has no size (seed ${seed})`, () => {
  check(500, typeAndJson, ([type, json]) => {
    const schema = compiled(type);
    const bytes = packed(schema, json);
    for (let size = 0; size < bytes.length; size++) {
      assert.notEqual(schema.validate("T", bytes.subarray(0, size)), undefined);
    }
  });
});

test(`changed bytes are refused, or are a value that packs and unpacks to itself (seed ${seed})`, () => {
  const changed = typeAndJson.chain(([type, json]) =>
    fc.tuple(fc.constant(type), mutated(fc.constant(packed(compiled(type), json)))),
  );
  check(3_000, changed, ([type, bytes]) => {
    const schema = compiled(type);
    const json = schema.unpackJson("T", bytes);
    if (!json.ok) return;
    const again = schema.packJson("T", json.value);
    // A map with a name twice, or fields of a later version, become fewer: what is left is stable.
    assert.ok(again.ok, JSON.stringify([type, json, again]));
    const same = schema.unpackJson("T", again.value);
    assert.deepEqual(same, json, toHex(bytes));
  });
});

test(`whatever JSON is given is packed or refused, never thrown over (seed ${seed})`, () => {
  const anything = fc.jsonValue();
  check(2_000, fc.tuple(anyType(3), anything), ([type, json]) => {
    const schema = compiled(type);
    const bytes = schema.packJson("T", json);
    if (bytes.ok) assert.equal(schema.validate("T", bytes.value), undefined);
  });
});

test(`a schema comes back out of its packed form, and changed ones are refused or usable (seed ${seed})`, () => {
  check(300, anyType(3), (type) => {
    const json: unknown = JSON.parse(JSON.stringify({ T: type }));
    const types = parseSchemaTypes(json);
    assert.ok(types.ok);
    const back = unpackSchema(packSchema(types.value));
    assert.ok(back.ok);
    assert.deepEqual(packSchema(back.value), packSchema(types.value));
  });
  check(1_000, mutated(anyType(3).map((type) => packSchema({ T: type }))), (bytes) => {
    const types = unpackSchema(bytes);
    if (types.ok) compileSchema(types.value);
  });
});
