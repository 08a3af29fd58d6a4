import type { AccountName, MethodName } from "./ids.ts";

/**
 * Transactions as proof of stake (psibase specification, blockchain/tapos.md). `refBlockIndex` is the one stored byte;
 * the full id of the block that it names is part of what is signed and is not stored.
 */
export type Tapos = {
  /** Seconds since the Unix epoch, measured against block time. */
  readonly expiration: number;
  readonly flags: number;
  readonly refBlockIndex: number;
};

/** A call of a service, in the name of `sender`. `rawData` is the fracpack of the arguments. */
export type Action = {
  readonly sender: AccountName;
  readonly service: AccountName;
  readonly method: MethodName;
  readonly rawData: Uint8Array;
};

/** What the submitter says can be proved, to the verify service `service` (for `verify-sig`: a public key as SPKI). */
export type Claim = { readonly service: AccountName; readonly rawData: Uint8Array };

export type Transaction = {
  readonly tapos: Tapos;
  readonly actions: readonly Action[];
  readonly claims: readonly Claim[];
};

/** One proof for each claim, in the order of the claims; `transaction` is the packed Transaction. */
export type SignedTransaction = {
  readonly transaction: Uint8Array;
  readonly proofs: readonly Uint8Array[];
};
