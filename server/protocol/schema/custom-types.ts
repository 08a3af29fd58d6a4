import { textLayout } from "../fracpack/blobs.ts";
import { customLayout } from "../fracpack/custom.ts";
import { checkBytes, openSource, type Layout, type Source } from "../fracpack/layout.ts";
import { boolLayout } from "../fracpack/numbers.ts";
import type { Writer } from "../fracpack/writer.ts";
import { bytesOfTrustedHex, concatBytes, fromHex, toHex } from "../hashes.ts";
import {
  psibaseAccountNumber,
  psibaseAccountText,
  psibaseMethodNumber,
  psibaseMethodText,
} from "../names.ts";
import { isRecord, reject, scalarType, type JsonType } from "./json-type.ts";
import { fitsInt, integerOf } from "./scalar-types.ts";
import { formatTime, parseTime } from "./time-text.ts";

const noLimit = 0xffff_ffff;

export const boolType: JsonType = scalarType(
  boolLayout,
  "true or false",
  (value) => typeof value === "boolean",
);

export const textType: JsonType = scalarType(
  textLayout(noLimit),
  "a text",
  (value) => typeof value === "string",
);

/** Upper-case hex of the bytes that `inner` takes, without a list's size. The bytes have to be valid for `inner`. */
export function hexType(inner: JsonType): JsonType {
  const { layout } = inner;
  const prefixBytes = layout.variable ? 4 : 0;
  const bytesAt = ({ data, view }: Source, at: number): Uint8Array => {
    const size = layout.variable ? view.getUint32(at, true) : layout.fixedBytes;
    return data.subarray(at + prefixBytes, at + prefixBytes + size);
  };
  const hexAt = (source: Source, at: number): string => toHex(bytesAt(source, at)).toUpperCase();
  const hexThrough = (source: Source, at: number): string => {
    if (!layout.variable) return hexAt(source, at);
    const offset = source.view.getUint32(at, true);
    return offset === 0 ? "" : hexAt(source, at + offset);
  };
  const append = (out: Writer, value: string): void => {
    const bytes = bytesOfTrustedHex(value);
    if (layout.variable) out.setU32(out.reserve(4), bytes.length);
    out.copy(bytes);
  };
  const hexLayout: Layout<string> = {
    fixedBytes: layout.fixedBytes,
    variable: layout.variable,
    optional: false,
    container: layout.variable,
    put: (out, at, value) => {
      if (!layout.variable) return out.data.set(bytesOfTrustedHex(value), at);
      out.setU32(at, value === "" ? 0 : out.pos - at);
      if (value !== "") append(out, value);
    },
    append,
    isEmpty: (value) => value === "",
    check: (input, at) => layout.check(input, at),
    checkWhole: (input) => layout.checkWhole(input),
    get: hexThrough,
    read: hexAt,
    view: hexThrough,
    viewWhole: hexAt,
  };
  return scalarType(hexLayout, "hex of an allowed value", (value) => {
    const bytes = typeof value === "string" ? fromHex(value) : undefined;
    if (bytes?.ok !== true) return false;
    const size = new Uint8Array(prefixBytes);
    if (prefixBytes > 0) new DataView(size.buffer).setUint32(0, bytes.value.length, true);
    return checkBytes(openSource(concatBytes(size, bytes.value)), layout) === undefined;
  });
}

/** A list of pairs as an object; `names` are the pair's two members, undefined for tuples. */
export function mapType(list: JsonType, names: readonly [string, string] | undefined): JsonType {
  const pairsOf = (value: unknown): readonly unknown[] =>
    Object.entries(isRecord(value) ? value : {}).map(([key, held]) =>
      names === undefined ? [key, held] : { [names[0]]: key, [names[1]]: held },
    );
  const layout = customLayout<unknown, unknown>(list.layout, {
    encode: pairsOf,
    decode: (pairs) =>
      Array.isArray(pairs)
        ? Object.fromEntries(pairs.map((pair: unknown) => entryOf(pair, names)))
        : undefined,
  });
  return {
    layout,
    accepts: (value, attempt) =>
      isRecord(value) ? list.accepts(pairsOf(value), attempt) : reject(attempt, "an object"),
  };
}

function entryOf(pair: unknown, names: readonly [string, string] | undefined): [string, unknown] {
  if (Array.isArray(pair)) return [String(pair[0]), pair[1]];
  if (names === undefined || !isRecord(pair)) return ["", null];
  return [String(pair[names[0]]), pair[names[1]]];
}

/** An account's name; "" is number 0. `word` is a u64 as JSON. */
export function accountType(word: JsonType): JsonType {
  return nameType(word, "an account name", psibaseAccountNumber, psibaseAccountText);
}

export function methodType(word: JsonType): JsonType {
  return nameType(word, "a method name", psibaseMethodNumber, psibaseMethodText);
}

function nameType(
  word: JsonType,
  expected: string,
  toNumber: (text: string) => bigint,
  toText: (number: bigint) => string,
): JsonType {
  const layout = customLayout<unknown, unknown>(word.layout, {
    encode: (value) => String(toNumber(String(value))),
    decode: (packed) => {
      const number = BigInt(String(packed));
      const text = toText(number);
      return toNumber(text) === number ? text : undefined;
    },
  });
  return scalarType(
    layout,
    expected,
    (value) => typeof value === "string" && (value === "" || toNumber(value) !== 0n),
  );
}

/** ISO 8601; the integer itself is read too. `digits` of a second are counted. */
export function timeType(
  integer: JsonType,
  digits: number,
  width: { readonly bits: number; readonly isSigned: boolean },
): JsonType {
  const ticksOf = (value: unknown): bigint | undefined =>
    typeof value === "string" ? parseTime(value, digits) : integerOf(value);
  const layout = customLayout<unknown, unknown>(integer.layout, {
    encode: (value) => String(ticksOf(value)),
    decode: (packed) => {
      const ticks = BigInt(String(packed));
      return formatTime(ticks, digits) ?? String(packed);
    },
  });
  return scalarType(layout, "a time", (value) =>
    fitsInt(ticksOf(value), width.bits, width.isSigned),
  );
}
