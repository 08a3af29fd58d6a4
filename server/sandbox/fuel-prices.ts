import { hostOperations } from "@kith/protocol/guest-abi";

/**
 * What host calls cost, in units of fuel. Part of the protocol, as the weights of the metering pass are: the hash of
 * both is checked when a machine starts. Ordinary code uses about ten units a nanosecond (decision 0070), so a call of
 * half a microsecond costs five thousand. Found with a loop that does nothing but ask (decision 0078).
 */
type Price = {
  readonly call: number;
  /** For each byte of input and of output. */
  readonly byte: number;
};

export const hostPrices: { readonly [Name in keyof typeof hostOperations]: Price } = {
  append: { call: 5_000, byte: 2 },
  more: { call: 5_000, byte: 1 },
  encodeText: { call: 5_000, byte: 5 },
  decodeText: { call: 8_000, byte: 8 },
  isUtf8: { call: 5_000, byte: 8 },
  encodeHex: { call: 5_000, byte: 5 },
  decodeHex: { call: 5_000, byte: 8 },
  sha256: { call: 10_000, byte: 12 },
  verifyEd25519: { call: 500_000, byte: 12 },
  // Ten times as slow where the runtime has none of its own.
  verifyP256: { call: 3_000_000, byte: 12 },
  self: { call: 5_000, byte: 2 },
  sender: { call: 5_000, byte: 2 },
  transactionId: { call: 5_000, byte: 2 },
  block: { call: 5_000, byte: 2 },
  claims: { call: 8_000, byte: 4 },
  get: { call: 8_000, byte: 3 },
  range: { call: 20_000, byte: 3 },
  put: { call: 60_000, byte: 10 },
  remove: { call: 50_000, byte: 10 },
  call: { call: 30_000, byte: 2 },
  emit: { call: 10_000, byte: 5 },
  log: { call: 5_000, byte: 4 },
  sql: { call: 100_000, byte: 2 },
  checkCode: { call: 100_000, byte: 10 },
  runAs: { call: 60_000, byte: 2 },
  user: { call: 5_000, byte: 2 },
};

/** A row of a range, beside its bytes. */
export const rangeRowPrice = 4_000;
/** A refusal, whatever was asked for: it is an exception of the runtime, and a text. */
export const refusalPrice = 30_000;
/** An instance that starts, beside its pages: what a session's first call of a service costs. */
export const instancePrice = 500_000;
/** A page (64 KiB) that an instance starts with: written over what was there, in memory that this process has. */
export const startPagePrice = 100_000;
/** A page that an instance grows by: new memory, and the instance is not used again. */
export const memoryPagePrice = 250_000;

/**
 * Compiling an uploaded module, for each byte, function and local of what the pass has made of it. An instance that
 * starts costs this, whether or not this node still has the module in memory.
 */
export const compilePrices = { byte: 60, function: 2_000, local: 10 } as const;

/** A byte of an uploaded module that is read and rewritten before it is asked what it is. */
export const moduleBytePrice = 100;
/** What the pass takes beside that, in compilations of what it gives. */
export const compilationsPerPass = 5;
/** A byte of a module that the pass refuses: how far it came with it, nobody has counted. */
export const refusedModuleBytePrice = 1_500;

const numbers: Readonly<Record<string, number>> = hostOperations;

/** Prices by the number of the operation. */
export const priceOf: ReadonlyMap<number, Price> = new Map(
  Object.entries(hostPrices).map(([name, price]) => [numbers[name] ?? -1, price]),
);
