import { bytesOfTrustedHex, toHex } from "@kith/protocol/hashes";
import {
  compileSchema,
  packSchema,
  parseSchemaTypes,
  unpackSchema,
  type CompiledSchema,
} from "@kith/protocol/schema";

import { isListOf, isObject, objectsAt, textAt, type JsonObject } from "./json.ts";
import { describe, expectEqual, runCase, type CaseResult, type Shape } from "./shape.ts";

const fields = ["schema", "values"];

/** `[{schema, schema_schema?, schema_bin?, values: [{type, json, fracpack, compat?, error?}]}]` */
export const fracpackShape: Shape = {
  name: "fracpack",
  matches: ({ json }) => isListOf(json, fields),
  run: ({ json }) => (isListOf(json, fields) ? json : []).flatMap(runSchema),
};

function runSchema(item: JsonObject): CaseResult[] {
  const schema = compile(item["schema"]);
  const results = objectsAt(item, "values").map((value) =>
    runCase(nameOf(value), () => checkValue(schema, value)),
  );
  // The packed form of the schema is a condition of the file, not one of its cases.
  const packedForm = runCase("the schema's own packed form", () => checkSchema(item));
  return packedForm.outcome === "passed" ? results : [packedForm, ...results];
}

export function compile(json: unknown): CompiledSchema {
  const types = parseSchemaTypes(json);
  if (!types.ok) throw new TypeError(describe(types.error));
  const compiled = compileSchema(types.value);
  if (!compiled.ok) throw new TypeError(describe(compiled.error));
  return compiled.value;
}

function nameOf(value: JsonObject): string {
  const kind = value["error"] === true ? "refused " : "compat" in value ? "newer " : "";
  return `${kind}${textAt(value, "type")} ${textAt(value, "fracpack")}`;
}

function checkValue(schema: CompiledSchema, value: JsonObject): string | undefined {
  const type = textAt(value, "type");
  const packed = bytesOfTrustedHex(textAt(value, "fracpack"));
  if (value["error"] === true) {
    const refusals = [
      schema.unpackJson(type, packed).ok,
      schema.validate(type, packed) === undefined,
    ];
    return expectEqual(refusals, [false, false]);
  }
  if (typeof value["compat"] === "string") {
    const newer = bytesOfTrustedHex(value["compat"]);
    const repacked = repack(schema, type, newer);
    return expectEqual(repacked, toHex(packed));
  }
  const read = schema.unpackJson(type, packed);
  if (!read.ok) return describe(read.error);
  return (
    checkJson(schema, type, value["json"], packed) ??
    expectEqual(normalized(read.value), normalized(value["json"]))
  );
}

/** JSON and bytes lead to each other, in both directions. */
export function checkJson(
  schema: CompiledSchema,
  type: string,
  json: unknown,
  packed: Uint8Array,
): string | undefined {
  const written = schema.packJson(type, json);
  if (!written.ok) return describe(written.error);
  return (
    expectEqual(toHex(written.value), toHex(packed)) ??
    expectEqual(repack(schema, type, packed), toHex(packed))
  );
}

/** Hex may be written in either case, integers as text, and an option without a value as null or not at all; order is free. */
function normalized(json: unknown): unknown {
  if (Array.isArray(json)) return json.map(normalized);
  if (!isObject(json)) return typeof json === "boolean" ? json : String(json).toLowerCase();
  const members = Object.entries(json)
    .filter(([, value]) => value !== null && value !== undefined)
    .toSorted(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(members.map(([name, value]) => [name, normalized(value)]));
}

function repack(schema: CompiledSchema, type: string, packed: Uint8Array): string {
  const json = schema.unpackJson(type, packed);
  if (!json.ok) return describe(json.error);
  const again = schema.packJson(type, json.value);
  return again.ok ? toHex(again.value) : describe(again.error);
}

function checkSchema(item: JsonObject): string | undefined {
  if (typeof item["schema_bin"] !== "string") return undefined;
  const packed = bytesOfTrustedHex(item["schema_bin"]);
  const types = parseSchemaTypes(item["schema"]);
  const read = unpackSchema(packed);
  if (!types.ok) return describe(types.error);
  if (!read.ok) return describe(read.error);
  const found = [toHex(packSchema(types.value)), toHex(packSchema(read.value))];
  const own = expectEqual(found, [toHex(packed), toHex(packed)]);
  if (own !== undefined || !("schema_schema" in item)) return own;
  const schemas = compile(item["schema_schema"]);
  return checkJson(schemas, "schema", item["schema"], packed);
}
