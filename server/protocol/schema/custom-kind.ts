import type { AnyType, SchemaTypes } from "../schema-types.ts";
import { resolveType, type Definition } from "./resolve.ts";

/** A representation of its own in JSON. */
export type CustomKind =
  | "bool"
  | "string"
  | "hex"
  | "map"
  | "AccountNumber"
  | "MethodNumber"
  | "TimePointSec"
  | "TimePointUSec";

/**
 * The representation that a custom type's id names, where it goes with the type behind it (psibase specification,
 * data-formats/schema.md, "Custom"); undefined where the value looks like that of the type behind it.
 */
export function customKindOf(
  types: SchemaTypes,
  custom: { readonly type: AnyType; readonly id: string },
): CustomKind | undefined {
  const definition = resolveType(types, custom.type);
  if (definition === undefined) return undefined;
  switch (custom.id) {
    case "bool":
      return bitsOf(definition) === 1 ? "bool" : undefined;
    case "string":
      return isListOfBytes(types, definition) ? "string" : undefined;
    case "hex":
      return isBlob(types, definition) ? "hex" : undefined;
    case "map":
      return isPairList(types, definition) ? "map" : undefined;
    case "AccountNumber":
    case "MethodNumber":
      return bitsOf(intWithin(types, definition)) === 64 ? custom.id : undefined;
    case "TimePointSec":
    case "TimePointUSec":
      return bitsOf(intWithin(types, definition)) === undefined ? undefined : custom.id;
    default:
      return undefined;
  }
}

/** An integer, or a struct around one, which is packed the same. */
export function intWithin(types: SchemaTypes, definition: Definition): Definition | undefined {
  if (!("Struct" in definition)) return definition;
  const [member, ...more] = Object.values(definition.Struct);
  if (member === undefined || more.length > 0) return undefined;
  return resolveType(types, member);
}

/** What the two members of a map's pairs are called; undefined where they are tuples. */
export function pairNamesOf(
  types: SchemaTypes,
  definition: Definition,
): readonly [string, string] | undefined {
  const pair = "List" in definition ? resolveType(types, definition.List) : undefined;
  const members = pair === undefined || "Tuple" in pair ? {} : membersOf(pair);
  const [key, value, ...more] = Object.keys(members);
  return key === undefined || value === undefined || more.length > 0 ? undefined : [key, value];
}

function isPairList(types: SchemaTypes, definition: Definition): boolean {
  const pair = "List" in definition ? resolveType(types, definition.List) : undefined;
  if (pair === undefined) return false;
  if ("Tuple" in pair) return pair.Tuple.length === 2;
  return pairNamesOf(types, definition) !== undefined;
}

function membersOf(pair: Definition): { readonly [name: string]: AnyType } {
  if ("Object" in pair) return pair.Object;
  return "Struct" in pair ? pair.Struct : {};
}

function bitsOf(definition: Definition | undefined): number | undefined {
  return definition !== undefined && "Int" in definition ? definition.Int.bits : undefined;
}

function isListOfBytes(types: SchemaTypes, definition: Definition): boolean {
  return "List" in definition && bitsOf(resolveType(types, definition.List)) === 8;
}

function isBlob(types: SchemaTypes, definition: Definition): boolean {
  if ("FracPack" in definition) return true;
  return isFixed(types, "List" in definition ? definition.List : definition, 0);
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

const fixedDepthMax = 64;
