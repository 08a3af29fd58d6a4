import { bytesOfHex, exchange } from "#native";

import { accountNumberOf } from "./names.ts";

/** A field of a key that always takes the same number of bytes. A `hash` is 32 bytes, as hex. */
export type KeyFieldKind = "u8" | "u16" | "u32" | "u64" | "account" | "bool" | "hash";

export type ExchangedKeyField = { readonly name: string; readonly kind: KeyFieldKind };

/**
 * Writes the whole key of a row at the start of the exchange, and gives its size: the bytes that `encodeKey` gives.
 * Undefined for values that are not what the fields are; whoever asked then says what is wrong with them.
 */
export type WriteKey = (values: object) => number | undefined;

const bytesOf: { readonly [Kind in KeyFieldKind]: number } = {
  u8: 1,
  u16: 2,
  u32: 4,
  u64: 8,
  account: 8,
  bool: 1,
  hash: 32,
};

/** Undefined outside of service machines, where bytes are not exchanged. */
export function exchangedKey(fields: readonly ExchangedKeyField[]): WriteKey | undefined {
  return exchange === undefined ? undefined : compileKey(fields, exchange);
}

/** `exchangedKey` for whatever view. */
export function compileKey(
  fields: readonly ExchangedKeyField[],
  view: DataView,
): WriteKey | undefined {
  // What every object has by inheritance has to be looked for, which straight lines do not.
  if (fields.some(({ name }) => name in Object.prototype)) return undefined;
  let at = 0;
  // Whoever makes bytes of hex may use the exchange for that, so nothing may stand in it yet.
  const taking: string[] = [];
  const writing = fields.map(({ name, kind }, i) => {
    taking.push(`let f${i} = values[${JSON.stringify(name)}];`);
    if (kind === "hash") taking.push(hashSource(`f${i}`));
    const line = sourceOf(kind, `f${i}`, at);
    at += bytesOf[kind];
    return line;
  });
  const code = `return (values) => { ${[...taking, ...writing].join("\n")} return ${at}; };`;
  const bytes = new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
  const given = { view, bytes, numberOf: accountNumberOf, bytesOfHex };
  // oxlint-disable-next-line no-implied-eval, no-unsafe-type-assertion -- made of numbers and quoted names only
  return new Function(...Object.keys(given), code)(...Object.values(given)) as WriteKey;
}

function hashSource(value: string): string {
  return `if (typeof ${value} !== "string" || ${value}.length !== ${2 * bytesOf.hash}) return undefined;
    ${value} = bytesOfHex(${value});
    if (${value} === undefined) return undefined;`;
}

function sourceOf(kind: KeyFieldKind, value: string, at: number): string {
  switch (kind) {
    case "u8":
    case "u16":
    case "u32": {
      const bits = 8 * bytesOf[kind];
      const max = 2 ** bits - 1;
      return `if (typeof ${value} !== "number" || ${value} >>> 0 !== ${value} || ${value} > ${max}) return undefined;
        view.setUint${bits}(${at}, ${value});`;
    }
    case "u64":
      return `if (typeof ${value} === "bigint") {
          if (${value} < 0n || ${value} > 18446744073709551615n) return undefined;
          view.setBigUint64(${at}, ${value});
        } else {
          if (!Number.isSafeInteger(${value}) || ${value} < 0) return undefined;
          view.setUint32(${at}, Math.floor(${value} / 4294967296));
          view.setUint32(${at + 4}, ${value} >>> 0);
        }`;
    case "account":
      return `const n${at} = numberOf(${value});
        if (n${at} === undefined) return undefined;
        view.setBigUint64(${at}, n${at});`;
    case "bool":
      return `if (typeof ${value} !== "boolean") return undefined;
        view.setUint8(${at}, ${value} ? 1 : 0);`;
    case "hash":
      return `bytes.set(${value}, ${at});`;
  }
}
