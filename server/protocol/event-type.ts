import type { FracpackError } from "./fracpack/layout.ts";
import { sha256 } from "./hashes.ts";
import { eventIndexTextCharsMax } from "./limits.ts";
import { err, ok, type Result } from "./result.ts";
import type { AnyType, SchemaTypes } from "./schema-types.ts";
import { compileSchema } from "./schema.ts";
import type { SchemaError } from "./schema/compile.ts";
import { isRecord, type Json, type JsonError } from "./schema/json-type.ts";
import { packText } from "./texts.ts";

/** An event's type with the named types that it refers to: enough to read its data for ever. */
export type EventTypeSource = { readonly type: AnyType; readonly types: SchemaTypes };

/**
 * What an index holds of an event: whole numbers up to 32 bits and truth values as numbers, everything else as the
 * text that psibase's JSON has for it; texts that are too long for an index as their sha256 (32 bytes).
 */
export type IndexValue = number | string | Uint8Array;

export type EventType = {
  /** Undefined when the bytes are data of this type. */
  validate(packed: Uint8Array): FracpackError | undefined;
  /** psibase's JSON of the data. */
  unpackJson(packed: Uint8Array): Result<Json, FracpackError>;
  /** The values of the declared indexes in their order; undefined where the field is absent. */
  indexValues(packed: Uint8Array): readonly (IndexValue | undefined)[];
  /** The value to look for in an index, from text such as `7`, `true` or `alice`. */
  parseIndexValue(field: string, text: string): Result<IndexValue, JsonError>;
};

export type EventTypeError =
  | SchemaError
  /** An index names no field, or one whose values are neither numbers, texts, bytes, names, times nor true or false. */
  | { readonly code: "event-index-unsupported"; readonly field: string };

/** Compiles the type of an event and the fields by which it can be found. */
export function compileEventType(
  { type, types }: EventTypeSource,
  indexes: readonly string[],
): Result<EventType, EventTypeError> {
  const eventName = freeName(types, "event");
  const fieldName = (field: string): string => freeName(types, `field ${field}`);
  const named: Record<string, AnyType> = { ...types, [eventName]: type };
  const members = membersOf(types, type);
  for (const field of indexes) {
    const member = Object.hasOwn(members, field) ? members[field] : undefined;
    if (member === undefined || scalarOf(types, member) === undefined) {
      return err({ code: "event-index-unsupported", field });
    }
    named[fieldName(field)] = member;
  }
  const compiled = compileSchema(named);
  if (!compiled.ok) return compiled;
  const schema = compiled.value;
  const unpackJson: EventType["unpackJson"] = (packed) =>
    known(schema.unpackJson(eventName, packed));
  return ok({
    unpackJson,
    validate: (packed) => {
      const fault = schema.validate(eventName, packed);
      return fault?.code === "type-unknown" ? notCompiled() : fault;
    },
    indexValues: (packed) => {
      const json = unpackJson(packed);
      const data = json.ok && isRecord(json.value) ? json.value : {};
      return indexes.map((field) => indexValueOf(data[field]));
    },
    parseIndexValue: (field, text) => {
      const member = Object.hasOwn(members, field) ? members[field] : undefined;
      const kind = member === undefined ? undefined : scalarOf(types, member);
      const wrong = {
        code: "json-does-not-fit",
        path: "$",
        expected: `a value of ${field}`,
      } as const;
      if (kind === undefined || !indexes.includes(field)) return err(wrong);
      const packed = schema.packJson(fieldName(field), jsonOfText(kind, text));
      if (!packed.ok) return packed.error.code === "type-unknown" ? err(wrong) : err(packed.error);
      const canonical = schema.unpackJson(fieldName(field), packed.value);
      const value = canonical.ok ? indexValueOf(canonical.value) : undefined;
      return value === undefined ? err(wrong) : ok(value);
    },
  });
}

/** The types that `type` refers to, and those that they refer to. */
export function reachableTypes(types: SchemaTypes, type: AnyType): SchemaTypes {
  const found: Record<string, AnyType> = {};
  const waiting: unknown[] = [type];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (typeof next === "string" && Object.hasOwn(types, next) && !Object.hasOwn(found, next)) {
      const named = types[next];
      if (named === undefined) continue;
      found[next] = named;
      waiting.push(named);
    }
    // A text that is no reference, such as the id of a custom type, leads nowhere or to one type too many.
    if (Array.isArray(next)) waiting.push(...next);
    else if (isRecord(next)) waiting.push(...Object.values(next));
  }
  return found;
}

type ScalarKind = "small-number" | "bool" | "text";

/** How the values of a field look in JSON; undefined when they are no single value. */
function scalarOf(types: SchemaTypes, type: AnyType): ScalarKind | undefined {
  let resolved = type;
  for (let steps = 0; steps < stepsMax; steps++) {
    if (typeof resolved === "string") {
      const named = Object.hasOwn(types, resolved) ? types[resolved] : undefined;
      if (named === undefined) return undefined;
      resolved = named;
    } else if ("Option" in resolved) {
      resolved = resolved.Option;
    } else if ("Int" in resolved) {
      return resolved.Int.bits === 64 ? "text" : "small-number";
    } else if ("Custom" in resolved) {
      if (resolved.Custom.id === "bool") return "bool";
      if (textIds.has(resolved.Custom.id)) return "text";
      resolved = resolved.Custom.type;
    } else {
      return undefined;
    }
  }
  return undefined;
}

const stepsMax = 64;
const textIds: ReadonlySet<string> = new Set([
  "string",
  "hex",
  "AccountNumber",
  "MethodNumber",
  "TimePointSec",
  "TimePointUSec",
]);

function membersOf(types: SchemaTypes, type: AnyType): { readonly [name: string]: AnyType } {
  let resolved: AnyType | undefined = type;
  for (let steps = 0; steps < stepsMax && typeof resolved === "string"; steps++) {
    resolved = Object.hasOwn(types, resolved) ? types[resolved] : undefined;
  }
  if (resolved === undefined || typeof resolved === "string") return {};
  if ("Object" in resolved) return resolved.Object;
  return "Struct" in resolved ? resolved.Struct : {};
}

function indexValueOf(json: unknown): IndexValue | undefined {
  if (typeof json === "number") return json;
  if (typeof json === "boolean") return json ? 1 : 0;
  if (typeof json !== "string") return undefined;
  return json.length <= eventIndexTextCharsMax ? json : sha256(packText(json));
}

function jsonOfText(kind: ScalarKind, text: string): unknown {
  if (kind === "small-number") return /^-?[0-9]{1,10}$/.test(text) ? Number(text) : text;
  if (kind === "bool") return text === "true" || (text === "false" ? false : text);
  return text;
}

function known<T>(
  unpacked: Result<T, FracpackError | { readonly code: "type-unknown" }>,
): Result<T, FracpackError> {
  if (unpacked.ok) return unpacked;
  if (unpacked.error.code !== "type-unknown") return err(unpacked.error);
  return notCompiled();
}

function notCompiled(): never {
  throw new Error("a type that was compiled is not known");
}

/** A name that no type of the service has. */
function freeName(types: SchemaTypes, name: string): string {
  return Object.hasOwn(types, name) ? freeName(types, `${name}'`) : name;
}
