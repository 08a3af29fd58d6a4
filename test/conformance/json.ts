/** Reads vector files without believing in their shape: each throws with what it missed. */
export type JsonObject = Readonly<Record<string, unknown>>;

export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A list in which at least one thing stands and each is an object with all of these fields. */
export function isListOf(value: unknown, fields: readonly string[]): value is JsonObject[] {
  return (
    Array.isArray(value) &&
    value.length > 0 &&
    value.every((item: unknown) => isObject(item) && fields.every((field) => field in item))
  );
}

export function objectOf(value: unknown): JsonObject {
  if (!isObject(value)) throw new TypeError(`not an object: ${String(value)}`);
  return value;
}

export function listAt(object: JsonObject, field: string): readonly unknown[] {
  const value = object[field] ?? [];
  if (!Array.isArray(value)) throw new TypeError(`not a list: ${field}`);
  return value;
}

export function objectsAt(object: JsonObject, field: string): readonly JsonObject[] {
  return listAt(object, field).map(objectOf);
}

export function textsAt(object: JsonObject, field: string): readonly string[] {
  return listAt(object, field).map((value) => {
    if (typeof value !== "string") throw new TypeError(`not a text in ${field}`);
    return value;
  });
}

export function textAt(object: JsonObject, field: string): string {
  const value = object[field];
  if (typeof value !== "string") throw new TypeError(`no text in ${field}`);
  return value;
}

export function integerAt(object: JsonObject, field: string): bigint {
  const value = object[field];
  if (typeof value === "string" && /^\d+$/.test(value)) return BigInt(value);
  if (typeof value === "number" && Number.isSafeInteger(value)) return BigInt(value);
  throw new TypeError(`no integer in ${field}`);
}
