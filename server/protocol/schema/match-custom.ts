import type { AnyType, SchemaTypes } from "../schema-types.ts";
import {
  accountType,
  boolType,
  hexType,
  mapType,
  methodType,
  textType,
  timeType,
} from "./custom-types.ts";
import type { JsonType } from "./json-type.ts";
import { resolveType, type Definition } from "./resolve.ts";
import { intType } from "./scalar-types.ts";

type Custom = { readonly type: AnyType; readonly id: string };

/**
 * The representation that `custom.id` names, where it goes with the type behind it; else `inner` as it is (psibase
 * specification, data-formats/schema.md, "Custom").
 */
export function customType(types: SchemaTypes, custom: Custom, inner: JsonType): JsonType {
  const definition = resolveType(types, custom.type);
  if (definition === undefined) return inner;
  const known = knownType(types, custom.id, { definition, inner });
  return known ?? inner;
}

function knownType(
  types: SchemaTypes,
  id: string,
  { definition, inner }: { readonly definition: Definition; readonly inner: JsonType },
): JsonType | undefined {
  switch (id) {
    case "bool":
      return isInt(definition, 1) ? boolType : undefined;
    case "string":
      return isListOfBytes(types, definition) ? textType : undefined;
    case "hex":
      return isBlob(types, definition, inner) ? hexType(inner) : undefined;
    case "map":
      return asMap(types, definition, inner);
    case "AccountNumber":
      return mapInt(types, definition, 64, accountType);
    case "MethodNumber":
      return mapInt(types, definition, 64, methodType);
    case "TimePointSec":
      return asTime(types, definition, 0);
    case "TimePointUSec":
      return asTime(types, definition, 6);
    default:
      return undefined;
  }
}

function isInt(definition: Definition | undefined, bits: number): boolean {
  return definition !== undefined && "Int" in definition && definition.Int.bits === bits;
}

function isListOfBytes(types: SchemaTypes, definition: Definition): boolean {
  return "List" in definition && isInt(resolveType(types, definition.List), 8);
}

function isBlob(types: SchemaTypes, definition: Definition, inner: JsonType): boolean {
  if ("FracPack" in definition) return true;
  if (!("List" in definition)) return !inner.layout.variable;
  return isFixed(types, definition.List, 0);
}

/** Whether a type has a fixed size, found without compiling it. */
function isFixed(types: SchemaTypes, type: AnyType, depth: number): boolean {
  const definition = resolveType(types, type);
  if (definition === undefined || depth > fixedDepthMax) return false;
  if ("Int" in definition || "Float" in definition) return true;
  if ("Array" in definition) return isFixed(types, definition.Array.type, depth + 1);
  if (!("Struct" in definition)) return false;
  return Object.values(definition.Struct).every((member) => isFixed(types, member, depth + 1));
}

function asMap(types: SchemaTypes, definition: Definition, inner: JsonType): JsonType | undefined {
  const pair = "List" in definition ? resolveType(types, definition.List) : undefined;
  if (pair === undefined) return undefined;
  if ("Tuple" in pair) return pair.Tuple.length === 2 ? mapType(inner, undefined) : undefined;
  const members = "Object" in pair ? pair.Object : "Struct" in pair ? pair.Struct : {};
  const [key, value, ...more] = Object.keys(members);
  if (key === undefined || value === undefined || more.length > 0) return undefined;
  return mapType(inner, [key, value]);
}

/** An integer, or a struct around one, which is packed the same. */
function intWithin(types: SchemaTypes, definition: Definition): Definition | undefined {
  if (!("Struct" in definition)) return definition;
  const [member, ...more] = Object.values(definition.Struct);
  if (member === undefined || more.length > 0) return undefined;
  return resolveType(types, member);
}

function mapInt(
  types: SchemaTypes,
  definition: Definition,
  bits: number,
  make: (word: JsonType) => JsonType,
): JsonType | undefined {
  const int = intWithin(types, definition);
  if (int === undefined || !("Int" in int) || int.Int.bits !== bits) return undefined;
  const word = intType(bits, false);
  return word === undefined ? undefined : make(word);
}

function asTime(types: SchemaTypes, definition: Definition, digits: number): JsonType | undefined {
  const int = intWithin(types, definition);
  if (int === undefined || !("Int" in int)) return undefined;
  const integer = intType(int.Int.bits, int.Int.isSigned);
  return integer === undefined ? undefined : timeType(integer, digits, int.Int);
}

const fixedDepthMax = 64;
