import { bytesOfTrustedHex } from "@kith/protocol/hashes";
import { encodeKey } from "@kith/protocol/key";
import { accountCodec, parseAccountName } from "@kith/protocol/names";
import type { AnyType } from "@kith/protocol/schema-types";

import { abort } from "./abort.ts";

/** Encodes one field's value so that the order of bytes is the order of values. */
export type EncodeField = (value: unknown) => Uint8Array;

/** Undefined for types that cannot be part of a key. */
export function keyFieldOf(type: AnyType): EncodeField | undefined {
  if (typeof type === "string") return undefined;
  if ("Int" in type && !type.Int.isSigned) return intField(type.Int.bits);
  if (!("Custom" in type)) return undefined;
  const { id, type: inner } = type.Custom;
  if (id === "AccountNumber") return accountField;
  if (id === "bool") return (value) => Uint8Array.of(value === true ? 1 : 0);
  if (id === "string") return textField;
  if (id !== "hex" || typeof inner === "string") return undefined;
  return "Array" in inner ? fixedField : bytesField;
}

const intKinds = new Map([
  [8, "u8"],
  [16, "u16"],
  [32, "u32"],
] as const);

function intField(bits: number): EncodeField | undefined {
  if (bits === 64) return wideField;
  const kind = intKinds.get(bits === 8 ? 8 : bits === 16 ? 16 : 32);
  if (kind === undefined || (bits !== 8 && bits !== 16 && bits !== 32)) return undefined;
  return (value) =>
    typeof value === "number" ? encodeKey([{ kind, value }]) : wrongValue("a whole number");
}

function wideField(value: unknown): Uint8Array {
  if (typeof value === "bigint") return encodeKey([{ kind: "u64", value }]);
  if (typeof value === "number") return encodeKey([{ kind: "u64", value: BigInt(value) }]);
  return wrongValue("a whole number");
}

/** The number's bytes, the highest first. */
function accountField(value: unknown): Uint8Array {
  const name = typeof value === "string" ? parseAccountName(value) : undefined;
  return name?.ok === true ? accountCodec.pack(name.value).toReversed() : wrongValue("an account");
}

function textField(value: unknown): Uint8Array {
  return typeof value === "string" ? encodeKey([{ kind: "str", value }]) : wrongValue("a text");
}

function bytesField(value: unknown): Uint8Array {
  return value instanceof Uint8Array
    ? encodeKey([{ kind: "bytes", value }])
    : wrongValue("a byte string");
}

/** Checksums are hex in memory, other byte arrays are bytes. */
function fixedField(value: unknown): Uint8Array {
  if (value instanceof Uint8Array) return value;
  return typeof value === "string" ? bytesOfTrustedHex(value) : wrongValue("a checksum");
}

function wrongValue(expected: string): never {
  abort("key-value-wrong", `a key's value is not ${expected}`);
}
