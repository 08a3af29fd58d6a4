import type { FuelCosts } from "./added-functions.ts";
import type { StackCosts } from "./native-stack.ts";

/**
 * The fuel schedule. Every number here is part of the protocol: two nodes that differ in one of them disagree about
 * what a transaction costs. Decision record 0070 says how they were found.
 */
export const fuelStretch = 64;

export const fuelCosts: FuelCosts = { pageFuel: 1024, bytesShift: 3, elementsShift: 0 };

/** Decision record 0071. */
export const stackCosts: StackCosts = { frameBytes: 80, slotBytes: 8, uncountedBytesMax: 1024 };
