import { hostOperations } from "@kith/protocol/guest-abi";

/**
 * What host calls cost, in units of fuel. Part of the protocol, as the weights of the metering pass are: the hash of
 * both is checked when a machine starts. A unit is about a nanosecond of the slowest supported runtime.
 */
type Price = {
  readonly call: number;
  /** For each byte of input and of output. */
  readonly byte: number;
};

export const hostPrices: { readonly [Name in keyof typeof hostOperations]: Price } = {
  append: { call: 500, byte: 0 },
  more: { call: 500, byte: 0 },
  encodeText: { call: 500, byte: 1 },
  decodeText: { call: 500, byte: 1 },
  isUtf8: { call: 300, byte: 1 },
  encodeHex: { call: 300, byte: 1 },
  decodeHex: { call: 500, byte: 1 },
  sha256: { call: 1_000, byte: 2 },
  verifyEd25519: { call: 120_000, byte: 2 },
  verifyP256: { call: 120_000, byte: 2 },
  self: { call: 300, byte: 0 },
  sender: { call: 300, byte: 0 },
  transactionId: { call: 300, byte: 0 },
  block: { call: 300, byte: 0 },
  claims: { call: 1_000, byte: 1 },
  get: { call: 5_000, byte: 1 },
  range: { call: 10_000, byte: 1 },
  put: { call: 50_000, byte: 10 },
  remove: { call: 50_000, byte: 10 },
  call: { call: 30_000, byte: 1 },
  emit: { call: 10_000, byte: 5 },
  log: { call: 1_000, byte: 1 },
  sql: { call: 100_000, byte: 1 },
  checkCode: { call: 100_000, byte: 10 },
  runAs: { call: 60_000, byte: 1 },
};

/** A row of a range, beside its bytes. */
export const rangeRowPrice = 2_000;
/** A page (64 KiB) that an instance's memory grows by: it is written, and the instance is not used again. */
export const memoryPagePrice = 20_000;

const numbers: Readonly<Record<string, number>> = hostOperations;

/** Prices by the number of the operation. */
export const priceOf: ReadonlyMap<number, Price> = new Map(
  Object.entries(hostPrices).map(([name, price]) => [numbers[name] ?? -1, price]),
);
