import { customLayout } from "../fracpack/custom.ts";
import type { Layout } from "../fracpack/layout.ts";
import {
  f32Layout,
  f64Layout,
  i16Layout,
  i32Layout,
  i64Layout,
  i8Layout,
  u16Layout,
  u1Layout,
  u32Layout,
  u64Layout,
  u8Layout,
} from "../fracpack/numbers.ts";
import { scalarType, type JsonType } from "./json-type.ts";

const smallLayouts: ReadonlyMap<string, Layout<number>> = new Map([
  ["u1", u1Layout],
  ["u8", u8Layout],
  ["u16", u16Layout],
  ["u32", u32Layout],
  ["i8", i8Layout],
  ["i16", i16Layout],
  ["i32", i32Layout],
]);

/** A JSON number up to 32 bits, a decimal string for 64; both are read. Undefined for other widths. */
export function intType(bits: number, isSigned: boolean): JsonType | undefined {
  const name = `${isSigned ? "i" : "u"}${bits}`;
  const isInRange = (value: unknown): boolean => fitsInt(integerOf(value), bits, isSigned);
  const small = smallLayouts.get(name);
  if (small !== undefined) {
    const layout = customLayout<unknown, number>(small, {
      encode: Number,
      decode: (value) => value,
    });
    return scalarType(layout, name, isInRange);
  }
  if (bits !== 64) return undefined;
  const layout = customLayout<unknown, bigint>(isSigned ? i64Layout : u64Layout, {
    encode: (value) => integerOf(value) ?? 0n,
    decode: String,
  });
  return scalarType(layout, name, isInRange);
}

/** A JSON number, or one of "Infinity", "-Infinity", "NaN". Undefined for other than single and double precision. */
export function floatType(exponentBits: number, mantissaBits: number): JsonType | undefined {
  const isSingle = exponentBits === 8 && mantissaBits === 24;
  const isDouble = exponentBits === 11 && mantissaBits === 53;
  if (!isSingle && !isDouble) return undefined;
  const layout = customLayout<unknown, number>(isSingle ? f32Layout : f64Layout, {
    encode: Number,
    decode: (value) => (Number.isFinite(value) ? value : String(value)),
  });
  return scalarType(layout, isSingle ? "f32" : "f64", (value) =>
    typeof value === "string" ? floatTexts.has(value) : typeof value === "number",
  );
}

const floatTexts: ReadonlySet<unknown> = new Set(["Infinity", "-Infinity", "NaN"]);

/** From a safe JSON number or a decimal string of up to 20 digits. */
export function integerOf(value: unknown): bigint | undefined {
  if (typeof value === "number") return Number.isSafeInteger(value) ? BigInt(value) : undefined;
  if (typeof value !== "string" || !/^-?[0-9]{1,20}$/.test(value)) return undefined;
  return BigInt(value);
}

export function fitsInt(value: bigint | undefined, bits: number, isSigned: boolean): boolean {
  if (value === undefined) return false;
  const max = 1n << BigInt(isSigned ? bits - 1 : bits);
  return value < max && value >= (isSigned ? -max : 0n);
}
