/**
 * Where the fields of a packed row are. Rows are fracpack Objects: the size of the fixed part in 16 bits, then one
 * fixed place for each field; a field of variable size has a 32-bit offset there, counted from the offset itself.
 */
export type FieldLayout = {
  readonly name: string;
  /** From the start of the row. */
  readonly at: number;
  readonly kind: FieldKind;
  readonly isAccount: boolean;
};

/** What a key can be made of; `other` fields cannot be part of a key. */
export type FieldKind =
  | { readonly kind: "unsigned"; readonly sizeBytes: number }
  | { readonly kind: "fixed-bytes"; readonly sizeBytes: number }
  | { readonly kind: "variable-bytes" }
  | { readonly kind: "other"; readonly sizeBytes: number };

/** JSON of a psibase schema type, as far as it is looked into here. */
export type Json = { readonly [name: string]: unknown };
export type Types = Json;

const offsetBytes = 4;
const unsignedBytesMax = 8;
const typeDepthMax = 64;

/** The fields of an Object type in order; undefined when the type is no Object or unknown. */
export function rowLayout(types: Types, rowType: string): readonly FieldLayout[] | undefined {
  const row = resolve(types, rowType, 0);
  const members = row === undefined ? undefined : row["Object"];
  if (!isJson(members)) return undefined;
  const fields: FieldLayout[] = [];
  let at = 2;
  for (const [name, type] of Object.entries(members)) {
    const kind = fieldKind(types, type, 0);
    fields.push({ name, at, kind, isAccount: isAccount(types, type) });
    at += kind.kind === "variable-bytes" ? offsetBytes : kind.sizeBytes;
  }
  return fields;
}

export function fieldKind(types: Types, type: unknown, depth: number): FieldKind {
  const resolved = resolve(types, type, depth);
  const custom = resolved?.["Custom"];
  if (isJson(custom)) return customKind(types, custom, depth + 1);
  const sizeBytes = fixedSize(types, resolved, depth) ?? offsetBytes;
  const int = resolved?.["Int"];
  if (isJson(int) && int["isSigned"] === false && sizeBytes <= unsignedBytesMax) {
    return { kind: "unsigned", sizeBytes };
  }
  return { kind: "other", sizeBytes };
}

function customKind(types: Types, custom: Json, depth: number): FieldKind {
  const inner = resolve(types, custom["type"], depth);
  const kind = fieldKind(types, inner, depth);
  if (kind.kind !== "other" || (custom["id"] !== "hex" && custom["id"] !== "string")) return kind;
  if (isByteSequence(types, inner?.["List"], depth)) return { kind: "variable-bytes" };
  const array = inner?.["Array"];
  if (isJson(array) && isByteSequence(types, array["type"], depth)) {
    return { kind: "fixed-bytes", sizeBytes: kind.sizeBytes };
  }
  return kind;
}

export function isAccount(types: Types, type: unknown): boolean {
  const custom = resolve(types, type, 0)?.["Custom"];
  return isJson(custom) && custom["id"] === "AccountNumber";
}

export function isByteSequence(types: Types, element: unknown, depth: number): boolean {
  const int = resolve(types, element, depth)?.["Int"];
  return isJson(int) && int["bits"] === 8;
}

/** Undefined for types of variable size. */
export function fixedSize(types: Types, type: Json | undefined, depth: number): number | undefined {
  if (type === undefined || depth > typeDepthMax) return undefined;
  const int = type["Int"];
  if (isJson(int)) return Math.ceil(Number(int["bits"]) / 8);
  const float = type["Float"];
  if (isJson(float)) return (Number(float["exp"]) + Number(float["mantissa"])) / 8;
  const custom = type["Custom"];
  if (isJson(custom)) return fixedSize(types, resolve(types, custom["type"], depth), depth + 1);
  const array = type["Array"];
  if (isJson(array)) {
    const element = fixedSize(types, resolve(types, array["type"], depth), depth + 1);
    return element === undefined ? undefined : element * Number(array["len"]);
  }
  const struct = type["Struct"];
  if (!isJson(struct)) return undefined;
  let sum = 0;
  for (const member of Object.values(struct)) {
    const size = fixedSize(types, resolve(types, member, depth), depth + 1);
    if (size === undefined) return undefined;
    sum += size;
  }
  return sum;
}

export function resolve(types: Types, type: unknown, depth: number): Json | undefined {
  let current = type;
  for (let left = typeDepthMax - depth; left > 0 && typeof current === "string"; left--) {
    current = types[current];
  }
  return isJson(current) ? current : undefined;
}

export function isJson(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
