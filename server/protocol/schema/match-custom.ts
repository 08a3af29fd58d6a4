import type { AnyType, SchemaTypes } from "../schema-types.ts";
import { customKindOf, intWithin, pairNamesOf } from "./custom-kind.ts";
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

/** The representation that `custom.id` names, where it goes with the type behind it; else `inner` as it is. */
export function customType(types: SchemaTypes, custom: Custom, inner: JsonType): JsonType {
  const definition = resolveType(types, custom.type);
  if (definition === undefined) return inner;
  switch (customKindOf(types, custom)) {
    case "bool":
      return boolType;
    case "string":
      return textType;
    case "hex":
      return hexType(inner);
    case "map":
      return mapType(inner, pairNamesOf(types, definition));
    case "AccountNumber":
      return ofWord(accountType) ?? inner;
    case "MethodNumber":
      return ofWord(methodType) ?? inner;
    case "TimePointSec":
      return timeOf(types, definition, 0) ?? inner;
    case "TimePointUSec":
      return timeOf(types, definition, 6) ?? inner;
    case undefined:
      return inner;
  }
}

function ofWord(make: (word: JsonType) => JsonType): JsonType | undefined {
  const word = intType(64, false);
  return word === undefined ? undefined : make(word);
}

function timeOf(types: SchemaTypes, definition: Definition, digits: number): JsonType | undefined {
  const int = intWithin(types, definition);
  if (int === undefined || !("Int" in int)) return undefined;
  const integer = intType(int.Int.bits, int.Int.isSigned);
  return integer === undefined ? undefined : timeType(integer, digits, int.Int);
}
