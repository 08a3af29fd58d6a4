import type { AccountName } from "@kith/protocol/ids";
import { accountNameConstant } from "@kith/protocol/names";

/**
 * The chain's own rows stand under this name, which nobody can own: names that start with `x-` are reserved. It is
 * also the caller when the node itself calls a service. The rows are part of the state tree.
 */
export const chainAccount: AccountName = accountNameConstant("x-chain");

/** Spaces of the chain's own rows, as `table * 16`. */
export const ownSpaces = {
  /** Single facts, by a letter. */
  facts: 0,
  /** Reference blocks of TaPoS, by reference index. */
  referenceBlocks: 16,
  /** Ids of executed transactions, by hour of expiry and block. */
  executed: 32,
  /** What accounts used, by second and block. */
  usage: 48,
} as const;
