import { err, ok, type Result } from "./result.ts";

/**
 * The brands of the protocol. A brand is made by its parser (here or beside its format) and nowhere else, so raw
 * strings and numbers stop at the edge. Ids are kept as lower-case hex in memory, because they are compared and
 * used as map keys far more often than they are written.
 */
declare const brand: unique symbol;
type Branded<T, Name extends string> = T & { readonly [brand]: Name };

/** An account's name: at most 10 characters of `a-z 0-9 -`, which is also its subdomain (psibase: account numbers). */
export type AccountName = Branded<string, "AccountName">;

/** A method's name, as psibase encodes it in 64 bits (or `#` and letters where only the hash is known). */
export type MethodName = Branded<string, "MethodName">;

/** A block's height. The genesis block has number 1. */
export type BlockNum = Branded<number, "BlockNum">;

/** A leader's term, from 0. */
export type Term = Branded<number, "Term">;

/** 64 hex digits: sha256 of the header with the first four bytes overwritten by the big-endian block number. */
export type BlockId = Branded<string, "BlockId">;

/** 64 hex digits: sha256 of the packed transaction, without proofs. */
export type TransactionId = Branded<string, "TransactionId">;

/** 64 hex digits: any other sha256. */
export type Checksum = Branded<string, "Checksum">;

/** A node: 64 hex digits, its raw Ed25519 public key. */
export type NodeId = Branded<string, "NodeId">;

/** Why a text or a number is not the id that it should be. */
export type IdError =
  | { readonly code: "id-not-32-bytes-of-hex"; readonly text: string }
  | { readonly code: "number-not-a-u32"; readonly value: number };

const hex32Bytes = /^[0-9a-f]{64}$/;
const u32Max = 0xffff_ffff;

export function parseChecksum(text: string): Result<Checksum, IdError> {
  return parseHex32(text) ? ok(text as Checksum) : err(notHex(text));
}

export function parseBlockId(text: string): Result<BlockId, IdError> {
  return parseHex32(text) ? ok(text as BlockId) : err(notHex(text));
}

export function parseTransactionId(text: string): Result<TransactionId, IdError> {
  return parseHex32(text) ? ok(text as TransactionId) : err(notHex(text));
}

/** Says nothing about whether the key is a point that may be used: see `ed25519.ts`. */
export function parseNodeId(text: string): Result<NodeId, IdError> {
  return parseHex32(text) ? ok(text as NodeId) : err(notHex(text));
}

/** A height from 0 (no block yet) to 2^32-1. */
export function parseBlockNum(value: number): Result<BlockNum, IdError> {
  return isU32(value) ? ok(value as BlockNum) : err({ code: "number-not-a-u32", value });
}

export function parseTerm(value: number): Result<Term, IdError> {
  return isU32(value) ? ok(value as Term) : err({ code: "number-not-a-u32", value });
}

/** For numbers that the program computed itself; throws when they are out of range. */
export function blockNumOf(value: number): BlockNum {
  if (!isU32(value)) throw new RangeError(`${value} is not a block number`);
  return value as BlockNum;
}

/** The height that no block is above. */
export const blockNumMax: BlockNum = blockNumOf(u32Max);

/** For numbers that the program computed itself; throws when they are out of range. */
export function termOf(value: number): Term {
  if (!isU32(value)) throw new RangeError(`${value} is not a term`);
  return value as Term;
}

/** For hex that the program made itself of 32 bytes; throws when it is anything else. */
export function checksumOf(hex: string): Checksum {
  return trustedHex(hex) as Checksum;
}

/** For hex that the program made itself of 32 bytes; throws when it is anything else. */
export function blockIdOf(hex: string): BlockId {
  return trustedHex(hex) as BlockId;
}

/** For hex that the program made itself of 32 bytes; throws when it is anything else. */
export function transactionIdOf(hex: string): TransactionId {
  return trustedHex(hex) as TransactionId;
}

/** For hex that the program made itself of 32 bytes; throws when it is anything else. */
export function nodeIdOf(hex: string): NodeId {
  return trustedHex(hex) as NodeId;
}

/** Used by the parser in `names.ts`, after it has checked every rule. */
export function brandAccountName(checked: string): AccountName {
  return checked as AccountName;
}

/** Used by the parser in `names.ts`, after it has checked every rule. */
export function brandMethodName(checked: string): MethodName {
  return checked as MethodName;
}

function parseHex32(text: string): boolean {
  return hex32Bytes.test(text);
}

function trustedHex(hex: string): string {
  if (hex.length !== 64) throw new RangeError(`${hex} is not 32 bytes of hex`);
  return hex;
}

function notHex(text: string): IdError {
  return { code: "id-not-32-bytes-of-hex", text: text.slice(0, 80) };
}

function isU32(value: number): boolean {
  return Number.isInteger(value) && value >= 0 && value <= u32Max;
}
