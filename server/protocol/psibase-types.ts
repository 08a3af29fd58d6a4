import type { SchemaTypes } from "./schema-types.ts";

/**
 * Types as psibase 0.27 packs them, for tools that speak to both. Kith's own transaction has no `refBlockSuffix`: the
 * full id of the reference block is signed instead (decision 0001).
 */
export const psibaseTypes: SchemaTypes = {
  Action: {
    Object: {
      sender: "AccountNumber",
      service: "AccountNumber",
      method: "MethodNumber",
      rawData: "bytes",
    },
  },
  Claim: { Object: { service: "AccountNumber", rawData: "bytes" } },
  Tapos: {
    Struct: {
      expiration: "TimePointSec",
      refBlockSuffix: "u32",
      flags: "u16",
      refBlockIndex: "u8",
    },
  },
  Transaction: {
    Object: { tapos: "Tapos", actions: { List: "Action" }, claims: { List: "Claim" } },
  },
  SignedTransaction: {
    Object: {
      transaction: { FracPack: "Transaction" },
      proofs: { List: "bytes" },
      subjectiveData: { Option: { List: "bytes" } },
    },
  },
  AccountNumber: { Custom: { type: "u64", id: "AccountNumber" } },
  MethodNumber: { Custom: { type: "u64", id: "MethodNumber" } },
  TimePointSec: { Custom: { type: "i64", id: "TimePointSec" } },
  bytes: { Custom: { type: { List: "u8" }, id: "hex" } },
  u8: { Int: { bits: 8, isSigned: false } },
  u16: { Int: { bits: 16, isSigned: false } },
  u32: { Int: { bits: 32, isSigned: false } },
  u64: { Int: { bits: 64, isSigned: false } },
  i64: { Int: { bits: 64, isSigned: true } },
};
