import { quorumSize } from "@kith/protocol/certificate";

import type { Costs } from "./costs/costs.ts";
import { bindingPart, nameOf, type Findings } from "./findings.ts";
import { wideArea } from "./network/setting.ts";
import { costRows, sizeRows } from "./report-costs.ts";
import { aboutVariants } from "./report-variants.ts";
import { atBest } from "./runs/at-best.ts";
import { finalityByHand, sumOf } from "./runs/by-hand.ts";
import type { ScaleResult } from "./runs/measure-scale.ts";
import { kilobytes, markdownTable, percent, thousands } from "./tables.ts";

const asked = { producers: 31, finalityMs: 200 };

export function formatReport(findings: Findings): string {
  const { results } = findings;
  return [
    "# Scale",
    "Made by `bun run bench --only scale`, which simulates it: do not edit.",
    ...aboutMethod(findings),
    "## Finality and throughput",
    markdownTable(scaleHead, results.map(scaleRow)),
    ...aboutScale(results),
    "## By hand",
    ...aboutHand(findings),
    "## What a block costs",
    markdownTable(
      ["", "messages", "leader sends, KB", "another sends", "another receives", "final at all, ms"],
      results.map(({ setting, lone }) => [
        nameOf(setting),
        lone.messages.toFixed(0),
        kilobytes(lone.bytes.leaderUp),
        kilobytes(lone.bytes.up),
        kilobytes(lone.bytes.down),
        lone.farthest.p50.toFixed(0),
      ]),
    ),
    "One transaction in an idle network, with the headers of TCP and Ethernet. Under BFT everybody tells everybody, so that all know finality at the same time; under CFT followers hear of it from the leader, one way later.",
    "## A leader dies in silence",
    markdownTable(
      ["", "noticed, ms", "next leader", "p99", "a transaction final", "p99", "said for it, KB"],
      results.map(({ setting, change }) => [
        nameOf(setting),
        change.noticed.p50.toFixed(0),
        change.led.p50.toFixed(0),
        change.led.p99.toFixed(0),
        change.final.p50.toFixed(0),
        change.final.p99.toFixed(0),
        kilobytes(change.bytes),
      ]),
    ),
    "Default timeouts: a view timeout of 500 ms under BFT, 1 to 2 s at random under CFT. The last column is of all nodes together.",
    "## Sizes of messages",
    markdownTable(
      ["bytes, before they are sealed", ...sizeProducers.map(String)],
      sizeRows(findings.sizes, sizeProducers),
    ),
    "## Costs",
    markdownTable(
      ["microseconds of one core", "each", "for each KB"],
      costRows(findings.costs, findings.steps),
    ),
    `Measured on ${findings.machine} with the product's own functions, right before the simulation. A step is the core's own work for one input, the median with 31 producers.`,
    ...aboutVariants(findings),
    "## What is left out",
    leftOut(findings.costs),
    "",
  ].join("\n\n");
}

const sizeProducers = [4, 31, 100];

const scaleHead = [
  "",
  "alone, p50 ms",
  "p99",
  "at half load, p50",
  "p99",
  "a second",
  "line allows",
  "core allows",
  "what binds",
];

function scaleRow({ setting, best, lone, half, saturated }: ScaleResult): readonly string[] {
  return [
    nameOf(setting),
    lone.leader.p50.toFixed(0),
    lone.leader.p99.toFixed(0),
    half.finality.p50.toFixed(0),
    half.finality.p99.toFixed(0),
    thousands(saturated.perSecond),
    thousands(best.line),
    thousands(best.core),
    bindingPart(saturated),
  ];
}

function aboutMethod({ costs }: Findings): readonly string[] {
  const { oneWayMs, jitterMs, bandwidthMbit, fsyncMsP50, fsyncMsP99, transactionBytes } = wideArea;
  return [
    `Each producer runs the product's consensus core, its effect loop, its pool and its proposer in virtual time, on a core, a disk and a line of its own. The way to every other takes ${oneWayMs} ms and a jitter of ${jitterMs} ms on average; a line carries ${bandwidthMbit} Mbit/s up and as much down; an fsync takes ${fsyncMsP50} ms, one in a hundred ${fsyncMsP99}. Messages are as long as the product encodes them. A core takes for each thing what it takes on this machine: see Costs. A transaction has ${transactionBytes} bytes and one signature; each node checks it and executes it as a transfer of tokens (${costs.execute.toFixed(0)} us).`,
    "Finality is counted from when the leader has a transaction until it is final there. A client elsewhere waits two ways more, and one more where its node has to pass the transaction on.",
  ];
}

function aboutScale(results: readonly ScaleResult[]): readonly string[] {
  const one = results.find(
    ({ setting }) => setting.algorithm === "bft" && setting.producers === asked.producers,
  );
  if (one === undefined) return [];
  const { lone, half } = one;
  const isReached = Math.max(lone.leader.p50, half.finality.p50) < asked.finalityMs;
  return [
    `**Asked:** below ${asked.finalityMs} ms for ${asked.producers} producers under BFT. **${isReached ? "Reached" : "Not reached"}:** ${lone.leader.p50.toFixed(0)} ms alone (p99 ${lone.leader.p99.toFixed(0)}), ${half.finality.p50.toFixed(0)} ms at half load (p99 ${half.finality.p99.toFixed(0)}); three ways are ${3 * wideArea.oneWayMs}.`,
    '"A second" is what becomes final when 1.2 times as much is offered as the narrowest part carries at best; half load is half of that, at random times. What the line and the core allow is calculated: bytes of transactions alone on the leader\'s line, and a core that does nothing but receive, decode, check and execute them. At half load a transaction waits for its block first (decision 0150), and where the core is the narrowest part votes wait while a block is executed.',
  ];
}

function aboutHand({ results, costs, sizes, steps }: Findings): readonly string[] {
  const shown = results.filter(({ setting }) => setting.producers === asked.producers);
  return shown.flatMap(({ setting, lone, best, saturated }) => {
    const summands = finalityByHand(setting, { costs, sizes, steps });
    const sum = sumOf(summands);
    const bytes = (setting.bandwidthMbit * 1e6) / 8 / best.line;
    const off = lone.leader.p50 - sum;
    return [
      `${nameOf(setting)}, a lone transaction (quorum ${quorumSize(setting.algorithm, setting.producers)}):`,
      markdownTable(
        ["", "ms"],
        [
          ...summands.map(({ what, ms }) => [what, ms.toFixed(2)]),
          ["together", sum.toFixed(1)],
          ["simulated", lone.leader.p50.toFixed(1)],
        ],
      ),
      `They differ by ${Math.abs(off).toFixed(1)} ms. Throughput: a transaction is ${bytes.toFixed(0)} bytes on the leader's line, ${setting.producers - 1} copies with their headers, so ${setting.bandwidthMbit} Mbit/s carry ${thousands(best.line)} a second; simulated ${thousands(saturated.perSecond)}, ${percent(saturated.perSecond / best.line)} of it. The rest of the line goes to headers of blocks, votes and heartbeats, and to what it idles.`,
    ];
  });
}

function leftOut(costs: Costs): string {
  const counted = 1e6 / atBest(wideArea, costs).core / 1000;
  return (
    "Clients: HTTP, answers and their lines. What a state costs beside executing: writing it to the file, garbage " +
    "collection, the compiler. `bench/README.md` has a whole node at 0.5 to 0.7 ms of CPU for a transfer, of which " +
    `${counted.toFixed(2)} ms are counted here, so where the core binds a real node makes less by as much. Lost packets and ` +
    "what TCP does about them. Nodes that lie, and lines of different lengths: finality takes what the quorum nearest to " +
    "the leader takes."
  );
}
