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
