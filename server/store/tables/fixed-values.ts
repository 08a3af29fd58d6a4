import type { ColumnType } from "@kith/protocol/table-columns";

import type { SqlValue } from "../sqlite.ts";
import { accountNumberOf, accountTextOf } from "./account-text.ts";

export type RowSource = { readonly bytes: Uint8Array; readonly view: DataView };

/** A value that always takes the same room, between a row and a column. */
export type FixedValue = {
  readonly sizeBytes: number;
  /** Undefined when the column could not give back these bytes. */
  read(source: RowSource, at: number): SqlValue | undefined;
  write(target: RowSource, at: number, value: SqlValue): void;
  /** The same in keys, where numbers have their highest byte first. */
  readKey(source: RowSource, at: number): SqlValue | undefined;
  writeKey(target: RowSource, at: number, value: SqlValue): void;
  /** Keys have the bytes in the other order than rows. */
  readonly isReversed: boolean;
};

/** Undefined for types of variable size. */
export function fixedValueOf(type: ColumnType): FixedValue | undefined {
  switch (type.kind) {
    case "integer":
      return integer(type.sizeBytes, type.isSigned);
    case "account":
      return account;
    case "float":
      return type.sizeBytes === 4 ? float32 : float64;
    case "text":
      return undefined;
    case "bytes":
    case "packed":
      return type.sizeBytes === undefined ? undefined : fixedBytes(type.sizeBytes);
  }
}

export function blobOf(value: SqlValue): Uint8Array {
  if (value instanceof Uint8Array) return value;
  throw new TypeError("a column that should be a blob is not");
}

function integer(sizeBytes: number, isSigned: boolean): FixedValue {
  if (isSigned) return anyInteger(sizeBytes, true);
  if (sizeBytes === 1) return byte;
  if (sizeBytes === 4) return word;
  return sizeBytes === 8 ? wide : anyInteger(sizeBytes, false);
}

const byte: FixedValue = {
  sizeBytes: 1,
  isReversed: false,
  read: ({ bytes }, at) => bytes[at],
  write: ({ bytes }, at, value) => void (bytes[at] = Number(value)),
  readKey: ({ bytes }, at) => bytes[at],
  writeKey: ({ bytes }, at, value) => void (bytes[at] = Number(value)),
};

const word: FixedValue = {
  sizeBytes: 4,
  isReversed: true,
  read: ({ view }, at) => view.getUint32(at, true),
  write: ({ view }, at, value) => view.setUint32(at, Number(value), true),
  readKey: ({ view }, at) => view.getUint32(at),
  writeKey: ({ view }, at, value) => view.setUint32(at, Number(value)),
};

/**
 * Unsigned integers beyond the largest of SQLite are texts of twenty digits, which stand behind all integers, in their own
 * order, and take part in sums as what they say. The others are big: the driver takes a number for a fraction, and the
 * column has no type that would make an integer of it again.
 */
const wide: FixedValue = {
  sizeBytes: 8,
  isReversed: true,
  read: ({ view }, at) =>
    view.getUint32(at + 4, true) < signBit
      ? view.getBigUint64(at, true)
      : digitsOf(view.getBigUint64(at, true)),
  readKey: ({ view }, at) =>
    view.getUint32(at) < signBit ? view.getBigUint64(at) : digitsOf(view.getBigUint64(at)),
  write: ({ view }, at, value) => {
    if (typeof value !== "number") return view.setBigUint64(at, integerOf(value), true);
    view.setUint32(at, value % wordSize, true);
    view.setUint32(at + 4, value / wordSize, true);
  },
  writeKey: ({ view }, at, value) => {
    if (typeof value !== "number") return view.setBigUint64(at, integerOf(value));
    view.setUint32(at, value / wordSize);
    view.setUint32(at + 4, value % wordSize);
  },
};

const signBit = 2 ** 31;
const wordSize = 2 ** 32;
const wideDigits = 20;

function digitsOf(value: bigint): string {
  return String(value).padStart(wideDigits, "0");
}

/** Of up to eight bytes. */
function anyInteger(sizeBytes: number, isSigned: boolean): FixedValue {
  const bits = 8 * sizeBytes;
  const read = ({ bytes }: RowSource, at: number): bigint => {
    let value = 0n;
    for (let i = sizeBytes - 1; i >= 0; i--) value = (value << 8n) | BigInt(bytes[at + i] ?? 0);
    return isSigned ? BigInt.asIntN(bits, value) : value;
  };
  const write = ({ bytes }: RowSource, at: number, value: SqlValue): void => {
    let rest = BigInt.asUintN(bits, integerOf(value));
    for (let i = 0; i < sizeBytes; i++) {
      bytes[at + i] = Number(rest & 0xffn);
      rest >>= 8n;
    }
  };
  return {
    sizeBytes,
    isReversed: true,
    read,
    write,
    readKey: ({ bytes }, at) => read(sourceOf(bytes.slice(at, at + sizeBytes).toReversed()), 0),
    writeKey: ({ bytes }, at, value) => {
      const part = new Uint8Array(sizeBytes);
      write(sourceOf(part), 0, value);
      bytes.set(part.toReversed(), at);
    },
  };
}

const account: FixedValue = {
  sizeBytes: 8,
  isReversed: true,
  read: ({ view }, at) => accountTextOf(view.getUint32(at, true), view.getUint32(at + 4, true)),
  readKey: ({ view }, at) => accountTextOf(view.getUint32(at + 4), view.getUint32(at)),
  write: ({ view }, at, value) => {
    const { low, high } = accountNumberOf(String(value));
    view.setUint32(at, low, true);
    view.setUint32(at + 4, high, true);
  },
  writeKey: ({ view }, at, value) => {
    const { low, high } = accountNumberOf(String(value));
    view.setUint32(at, high);
    view.setUint32(at + 4, low);
  },
};

/** SQLite has no NaN and no negative zero. */
function exactFloat(value: number): number | undefined {
  return Number.isNaN(value) || Object.is(value, -0) ? undefined : value;
}

const float32: FixedValue = notInKeys({
  sizeBytes: 4,
  read: ({ view }, at) => exactFloat(view.getFloat32(at, true)),
  write: ({ view }, at, value) => view.setFloat32(at, Number(value), true),
});

const float64: FixedValue = notInKeys({
  sizeBytes: 8,
  read: ({ view }, at) => exactFloat(view.getFloat64(at, true)),
  write: ({ view }, at, value) => view.setFloat64(at, Number(value), true),
});

function fixedBytes(sizeBytes: number): FixedValue {
  const read = ({ bytes }: RowSource, at: number): SqlValue => bytes.subarray(at, at + sizeBytes);
  return {
    sizeBytes,
    isReversed: false,
    read,
    write: writeBytes,
    readKey: read,
    writeKey: writeBytes,
  };
}

function writeBytes({ bytes }: RowSource, at: number, value: SqlValue): void {
  bytes.set(blobOf(value), at);
}

function notInKeys(value: Pick<FixedValue, "sizeBytes" | "read" | "write">): FixedValue {
  return { ...value, isReversed: true, readKey: refuse, writeKey: refuse };
}

function refuse(): never {
  throw new TypeError("a type that cannot be part of a key is in one");
}

function integerOf(value: SqlValue): bigint {
  if (value === null || value instanceof Uint8Array) {
    throw new TypeError("a column that should be an integer is not");
  }
  return BigInt(value);
}

export function sourceOf(bytes: Uint8Array): RowSource {
  return { bytes, view: new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength) };
}

const scratch = sourceOf(new Uint8Array(4096));

/** A place for `size` bytes, each of which is written before `written` is called: making one anew takes longer than filling it. */
export function placeFor(size: number): RowSource {
  return size <= scratch.bytes.length ? scratch : sourceOf(new Uint8Array(size));
}

/** What was written to a place, as bytes of their own. */
export function written(place: RowSource, size: number): Uint8Array {
  return place === scratch ? place.bytes.slice(0, size) : place.bytes;
}
