import {
  guestEntries,
  guestOutcomes,
  hostOperations,
  hostRefusals,
  regionBytes,
  transferBytesMax,
} from "@kith/protocol/guest-abi";
import { packText } from "@kith/protocol/texts";

import { javascriptStackBytes, heapStart, stackTop } from "./engine/engine-abi.ts";
import {
  compilationsPerPass,
  compilePrices,
  hostPrices,
  instancePrice,
  memoryPagePrice,
  moduleBytePrice,
  rangeRowPrice,
  refusalPrice,
  refusedModuleBytePrice,
  startPagePrice,
} from "./fuel-prices.ts";
import { prelude } from "./javascript/prelude.ts";
import {
  abortTextCharsMax,
  definitionBytesMax,
  definitionDepthMax,
  imageFuelMax,
  imagePages,
  imageStackBytes,
  memoryPagesMax,
  sourceBytesMax,
  sparePages,
  wasmPagesMax,
} from "./limits.ts";
import { moduleLimits } from "./wasm/limits.ts";
import { fuelCosts, fuelStretch, stackCosts, uploadedFuelCosts } from "./wasm/metering.ts";

/** Everything beside the engine on which the outcome of a call depends. */
export const fuelSchedule = {
  metering: { fuelStretch, fuelCosts, uploadedFuelCosts, stackCosts },
  prices: {
    hostPrices,
    rangeRowPrice,
    refusalPrice,
    instancePrice,
    startPagePrice,
    memoryPagePrice,
    moduleBytePrice,
    compilePrices,
    compilationsPerPass,
    refusedModuleBytePrice,
  },
  engine: { javascriptStackBytes, heapStart, stackTop, prelude },
  abi: { hostOperations, guestEntries, guestOutcomes, hostRefusals, regionBytes, transferBytesMax },
  modules: moduleLimits,
  limits: {
    abortTextCharsMax,
    definitionBytesMax,
    definitionDepthMax,
    imageFuelMax,
    imagePages,
    imageStackBytes,
    memoryPagesMax,
    sourceBytesMax,
    sparePages,
    wasmPagesMax,
  },
} as const;

/** The schedule as bytes: other numbers are other bytes. */
export function packSchedule(schedule: object): Uint8Array {
  return packText(JSON.stringify(schedule));
}
