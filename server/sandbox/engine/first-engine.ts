import { decodeBase64 } from "@kith/protocol/base64";

import { meteredEngine } from "./engine-module.ts";
import { firstFunctions } from "./first-functions.ts";
import { withoutFunctions } from "./without-functions.ts";

/**
 * The nodes' engine without the functions that plugins seldom call: what browsers load first (decision 0195). The rest is the
 * same, so what ends on it without a trap ends on the whole one in the same way, with the same fuel.
 */
export function firstEngine(): Uint8Array<ArrayBuffer> {
  return engineOf(firstPlaces());
}

/** Places of the functions that it has. */
export function firstPlaces(): ReadonlySet<number> {
  const bits = decodeBase64(firstFunctions) ?? new Uint8Array();
  const all = Array.from({ length: 8 * bits.length }, (_, place) => place);
  return new Set(all.filter((place) => (((bits[place >> 3] ?? 0) >> (place & 7)) & 1) === 1));
}

/** One with these functions; `areNumbered` tells the place of one that is missing. */
export function engineOf(
  places: ReadonlySet<number>,
  { areNumbered = false }: { readonly areNumbered?: boolean } = {},
): Uint8Array<ArrayBuffer> {
  const { bytes, facts } = meteredEngine();
  // Behind the engine's own functions are those that count its fuel.
  const isKept = (place: number): boolean => place >= facts.functions || places.has(place);
  return withoutFunctions(bytes, { isKept, areNumbered });
}
