import type { AnyType, SchemaTypes } from "../schema-types.ts";

export type Definition = Exclude<AnyType, string>;

/** The definition behind names and custom representations; undefined when names lead nowhere or in a circle. */
export function resolveType(types: SchemaTypes, type: AnyType): Definition | undefined {
  let resolved = type;
  for (let steps = 0; steps < stepsMax; steps++) {
    if (typeof resolved === "string") {
      const named = Object.hasOwn(types, resolved) ? types[resolved] : undefined;
      if (named === undefined) return undefined;
      resolved = named;
    } else if ("Custom" in resolved) {
      resolved = resolved.Custom.type;
    } else {
      return resolved;
    }
  }
  return undefined;
}

/** Names of names and representations of representations: what is longer is no sensible schema. */
const stepsMax = 256;
