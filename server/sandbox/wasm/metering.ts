import type { FuelCosts } from "./fuel-costs.ts";
import type { StackCosts } from "./native-stack.ts";

/**
 * The fuel schedule. Every number here is part of the protocol: two nodes that differ in one of them disagree about
 * what a transaction costs. Decision record 0070 says how they were found.
 */
export const fuelStretch = 64;

export const fuelCosts: FuelCosts = {
  accessFuel: 1,
  divisionFuel: 1,
  callFuel: 1,
  elementFuel: 32,
  bulkFuel: 16,
  byteFuel: 1,
  pageFuel: 4096,
};

/**
 * For uploaded modules, whose authors choose their instructions: what is slow at its worst has a price of its own. In
 * the engine nothing is reached but by way of many other instructions.
 */
export const uploadedFuelCosts: FuelCosts = {
  accessFuel: 8,
  divisionFuel: 8,
  callFuel: 8,
  elementFuel: 128,
  bulkFuel: 256,
  byteFuel: 1,
  pageFuel: 4096,
};

/** Decision record 0071. */
export const stackCosts: StackCosts = { frameBytes: 80, slotBytes: 8, uncountedBytesMax: 1024 };
