import { quorumSize } from "@kith/protocol/certificate";

import { micros, type Costs, type Micros } from "../costs/costs.ts";
import { bytesOnLine, type Setting } from "../network/setting.ts";
import { treeFanOut } from "../network/spreading.ts";

const hashBytes = 32;

/** Transactions a second when a block costs nothing: what the busiest line carries, and what a core works off. */
export type AtBest = { readonly line: number; readonly core: number };

/** By hand, so that a simulation can be held against it. */
export function atBest(setting: Setting, costs: Costs): AtBest {
  return {
    line: (setting.bandwidthMbit * 1e6) / 8 / lineBytesOf(setting),
    core: 1e6 / coreMicrosOf(setting, costs),
  };
}

/** Of the line of the node that sends most: of each transaction. */
function lineBytesOf({ spreading, producers, transactionBytes }: Setting): number {
  const whole = streamed(transactionBytes);
  const others = producers - 1;
  switch (spreading) {
    case "direct":
      return whole * others;
    case "tree":
      return whole * Math.min(treeFanOut, others);
    case "coded":
      // f + 1 parts give the block, so that f liars keep it from nobody.
      return (whole * others) / (producers - quorumSize("bft", producers) + 1);
    case "named":
      return (whole * others) / producers + streamed(hashBytes) * others;
  }
}

/** Decoded, checked and executed once, and taken from a line. */
function coreMicrosOf({ transactionBytes }: Setting, costs: Costs): Micros {
  const { transactionPrepare, transactionVerify, execute, linkReceive } = costs;
  return transactionPrepare + transactionVerify + execute + micros(linkReceive, transactionBytes);
}

/** In full segments. */
function streamed(bytes: number): number {
  const sample = 1_000_000;
  return (bytesOnLine(sample) / sample) * bytes;
}
