import { quorumSize } from "@kith/protocol/certificate";

import { micros, type Costs, type Micros, type StepCosts } from "../costs/costs.ts";
import type { MessageSizes } from "../costs/message-sizes.ts";
import { bytesOnLine, type Setting } from "../network/setting.ts";

/** One summand of the time until a lone transaction is final at its leader. */
export type Summand = { readonly what: string; readonly ms: number };

type Known = { readonly costs: Costs; readonly steps: StepCosts; readonly sizes: MessageSizes };

/**
 * What finality of a lone transaction should take, with nothing but multiplication: a simulation that says something else is
 * wrong, or knows something that is worth knowing. Medians; what overlaps is counted once.
 */
export function finalityByHand(setting: Setting, known: Known): readonly Summand[] {
  const { algorithm, producers, oneWayMs, jitterMs, fsyncMsP50 } = setting;
  const { costs, steps, sizes } = known;
  const isBft = algorithm === "bft";
  const ways = isBft ? 3 : 2;
  const answers = quorumSize(algorithm, producers) - 1;
  const rounds = ways - 1;
  const kind = isBft ? "vote" : "confirm";
  const blockBytes = (isBft ? sizes.proposal : sizes.append) + setting.transactionBytes;
  const lineMs = (bytes: number): number => (bytesOnLine(bytes) * 8) / setting.bandwidthMbit / 1000;
  const told = isBft ? (producers - 1) / 2 : 1;
  const heard: Micros =
    micros(costs.linkReceive, sizes[kind]) +
    micros(costs.decode(kind), sizes[kind]) +
    steps(kind, false);
  const sent = micros(costs.linkSend, blockBytes) * answers + costs.linkSend.base * told * rounds;
  const signatures = isBft ? answers * costs.verify + costs.sign : 0;
  return [
    { what: `${ways} ways of ${oneWayMs} ms`, ms: ways * oneWayMs },
    {
      what: `jitter of the slowest of ${answers} among ${producers - 1}, each way`,
      ms: ways * slowestOf(answers, producers - 1) * jitterMs,
    },
    {
      what: `the leader's line: the block of ${blockBytes.toFixed(0)} bytes, ${answers} times`,
      ms: answers * lineMs(blockBytes),
    },
    {
      what: `the others' lines: ${told} of ${sizes[kind]} bytes, each round`,
      ms: rounds * told * lineMs(sizes[kind]),
    },
    { what: "the disk, each round", ms: rounds * fsyncMsP50 },
    { what: `hearing ${answers} ${kind}s, each round`, ms: (rounds * answers * heard) / 1000 },
    { what: "sending", ms: sent / 1000 },
    { what: "signing and checking signatures, each round", ms: (rounds * signatures) / 1000 },
  ];
}

/** How many times their mean the slowest of the quickest so many of exponentially distributed times takes. */
function slowestOf(quickest: number, all: number): number {
  let sum = 0;
  for (let left = all; left > all - quickest; left -= 1) sum += 1 / left;
  return sum;
}

export function sumOf(summands: readonly Summand[]): number {
  return summands.reduce((sum, { ms }) => sum + ms, 0);
}
