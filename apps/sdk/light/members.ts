import { fromHex } from "@kith/protocol/hashes";

/** What stands in answers of a node that nobody believes: undefined for what it should not be. */

export function memberOf(json: unknown, name: string): unknown {
  if (typeof json !== "object" || json === null || !Object.hasOwn(json, name)) return undefined;
  const value: unknown = Reflect.get(json, name);
  return value;
}

export function bytesOf(hex: unknown): Uint8Array | undefined {
  const bytes = typeof hex === "string" ? fromHex(hex) : undefined;
  return bytes?.ok === true ? bytes.value : undefined;
}

/** Each of a list; undefined when there is no list, or one of them is wrong. */
export function listOf<T>(
  json: unknown,
  each: (item: unknown) => T | undefined,
): readonly T[] | undefined {
  if (!Array.isArray(json)) return undefined;
  const read: T[] = [];
  for (const item of json) {
    const value = each(item);
    if (value === undefined) return undefined;
    read.push(value);
  }
  return read;
}
