import type { KeyFieldKind } from "@kith/protocol/exchanged-key";
import { bytesOfTrustedHex } from "@kith/protocol/hashes";
import { accountRank } from "@kith/protocol/names";
import type { AnyType } from "@kith/protocol/schema-types";

import { abort } from "./abort.ts";
import type { KeyWriter } from "./key-writer.ts";

/** Appends one field's value to a key, so that the order of bytes is the order of values. */
export type PutField = (key: KeyWriter, value: unknown) => void;

/** Undefined for types that cannot be part of a key. */
export function keyFieldOf(type: AnyType): PutField | undefined {
  if (typeof type === "string") return undefined;
  if ("Int" in type && !type.Int.isSigned) return intFields.get(type.Int.bits);
  if (!("Custom" in type)) return undefined;
  const { id, type: inner } = type.Custom;
  if (id === "AccountNumber") return putAccount;
  if (id === "bool") return putBool;
  if (id === "string") return putText;
  if (id !== "hex" || typeof inner === "string") return undefined;
  return "Array" in inner ? putFixed : putBytes;
}

/** Undefined for types that are no part of a key, or take more or fewer bytes with each value. */
export function fixedKindOf(type: AnyType): KeyFieldKind | undefined {
  if (typeof type === "string") return undefined;
  if ("Int" in type && !type.Int.isSigned) return intKinds.get(type.Int.bits);
  if (!("Custom" in type)) return undefined;
  const { id, type: inner } = type.Custom;
  if (id === "AccountNumber") return "account";
  if (id === "bool") return "bool";
  return id === "hex" && isHash(inner) ? "hash" : undefined;
}

function isHash(type: AnyType): boolean {
  return typeof type !== "string" && "Array" in type && Number(type.Array.len) === hashBytes;
}

const hashBytes = 32;

const intKinds: ReadonlyMap<number, KeyFieldKind> = new Map<number, KeyFieldKind>([
  [8, "u8"],
  [16, "u16"],
  [32, "u32"],
  [64, "u64"],
]);

const intFields: ReadonlyMap<number, PutField> = new Map<number, PutField>([
  [8, (key, value) => key.u8(wholeNumber(value, 0xff))],
  [16, (key, value) => key.u16(wholeNumber(value, 0xffff))],
  [32, (key, value) => key.u32(wholeNumber(value, 0xffff_ffff))],
  [64, putWide],
]);

const wideMax = 2n ** 64n - 1n;

function putWide(key: KeyWriter, value: unknown): void {
  if (typeof value !== "bigint") {
    key.wideNumber(wholeNumber(value, Number.MAX_SAFE_INTEGER));
    return;
  }
  if (value < 0n || value > wideMax) wrongValue("a whole number of 64 bits");
  key.wide(value);
}

function wholeNumber(value: unknown, max: number): number {
  if (typeof value !== "number" || !Number.isInteger(value) || value < 0 || value > max) {
    return wrongValue(`a whole number up to ${max}`);
  }
  return value;
}

/** The rank is the upper 56 bits of the account's number; the lower 8 are those of its subaccount, 0. */
function putAccount(key: KeyWriter, value: unknown): void {
  const rank = typeof value === "string" ? accountRank(value) : undefined;
  if (rank === undefined) return wrongValue("an account");
  key.u32(Math.floor(rank / rankLowRange));
  key.u32((rank % rankLowRange) * 256);
}

const rankLowRange = 2 ** 24;

function putBool(key: KeyWriter, value: unknown): void {
  key.u8(value === true ? 1 : 0);
}

function putText(key: KeyWriter, value: unknown): void {
  if (typeof value !== "string") return wrongValue("a text");
  key.text(value);
}

function putBytes(key: KeyWriter, value: unknown): void {
  if (!(value instanceof Uint8Array)) return wrongValue("a byte string");
  key.terminated(value);
}

/** Checksums are hex in memory, other byte arrays are bytes. */
function putFixed(key: KeyWriter, value: unknown): void {
  if (value instanceof Uint8Array) return key.fixed(value);
  if (typeof value !== "string") return wrongValue("a checksum");
  key.fixed(bytesOfTrustedHex(value));
}

function wrongValue(expected: string): never {
  abort("key-value-wrong", `a key's value is not ${expected}`);
}
