import type { SqlValue } from "../sqlite.ts";
import { accountNumberOf, accountTextOf } from "./account-text.ts";
import type { ColumnType } from "./table-columns.ts";

export type RowSource = { readonly bytes: Uint8Array; readonly view: DataView };

/** A value that always takes the same room, between a row and a column. */
export type FixedValue = {
  readonly sizeBytes: number;
  /** Undefined when the column could not give back these bytes. */
  read(source: RowSource, at: number): SqlValue | undefined;
  write(target: RowSource, at: number, value: SqlValue): void;
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

/**
 * Unsigned integers beyond the largest of SQLite are texts of twenty digits, which stand behind all integers, in their own
 * order, and take part in sums as what they say.
 */
const wideDigits = 20;

function integer(sizeBytes: number, isSigned: boolean): FixedValue {
  const narrow = isSigned ? undefined : narrowUnsigned(sizeBytes);
  if (narrow !== undefined) return narrow;
  const bits = 8 * sizeBytes;
  const isWide = !isSigned && sizeBytes === 8;
  return {
    sizeBytes,
    read: ({ bytes }, at) => {
      let value = 0n;
      for (let i = sizeBytes - 1; i >= 0; i--) value = (value << 8n) | BigInt(bytes[at + i] ?? 0);
      if (isWide && value >> 63n !== 0n) return String(value).padStart(wideDigits, "0");
      return isSigned ? BigInt.asIntN(bits, value) : value;
    },
    write: ({ bytes }, at, value) => {
      let rest = BigInt.asUintN(bits, integerOf(value));
      for (let i = 0; i < sizeBytes; i++) {
        bytes[at + i] = Number(rest & 0xffn);
        rest >>= 8n;
      }
    },
  };
}

/** The common sizes, without a detour through single bytes. */
function narrowUnsigned(sizeBytes: number): FixedValue | undefined {
  switch (sizeBytes) {
    case 1:
      return {
        sizeBytes,
        read: ({ bytes }, at) => bytes[at],
        write: ({ bytes }, at, value) => void (bytes[at] = Number(value)),
      };
    case 4:
      return {
        sizeBytes,
        read: ({ view }, at) => view.getUint32(at, true),
        write: ({ view }, at, value) => view.setUint32(at, Number(value), true),
      };
    case 8:
      return {
        sizeBytes,
        read: ({ view }, at) => {
          const value = view.getBigUint64(at, true);
          return value >> 63n === 0n ? value : String(value).padStart(wideDigits, "0");
        },
        write: ({ view }, at, value) => view.setBigUint64(at, integerOf(value), true),
      };
    default:
      return undefined;
  }
}

const account: FixedValue = {
  sizeBytes: 8,
  read: ({ view }, at) => accountTextOf(view.getUint32(at, true), view.getUint32(at + 4, true)),
  write: ({ view }, at, value) => view.setBigUint64(at, accountNumberOf(String(value)), true),
};

/** SQLite has no NaN and no negative zero. */
function exactFloat(value: number): number | undefined {
  return Number.isNaN(value) || Object.is(value, -0) ? undefined : value;
}

const float32: FixedValue = {
  sizeBytes: 4,
  read: ({ view }, at) => exactFloat(view.getFloat32(at, true)),
  write: ({ view }, at, value) => view.setFloat32(at, Number(value), true),
};

const float64: FixedValue = {
  sizeBytes: 8,
  read: ({ view }, at) => exactFloat(view.getFloat64(at, true)),
  write: ({ view }, at, value) => view.setFloat64(at, Number(value), true),
};

function fixedBytes(sizeBytes: number): FixedValue {
  return {
    sizeBytes,
    read: ({ bytes }, at) => bytes.subarray(at, at + sizeBytes),
    write: ({ bytes }, at, value) => bytes.set(blobOf(value), at),
  };
}

export function blobOf(value: SqlValue): Uint8Array {
  if (value instanceof Uint8Array) return value;
  throw new TypeError("a column that should be a blob is not");
}

function integerOf(value: SqlValue): bigint {
  if (value === null || value instanceof Uint8Array) {
    throw new TypeError("a column that should be an integer is not");
  }
  return BigInt(value);
}
