import { bindingPart, nameOf, type Findings } from "./findings.ts";
import type { VariantResult } from "./runs/variants.ts";
import { kilobytes, markdownTable, thousands } from "./tables.ts";

const head = [
  "",
  "alone, p50 ms",
  "a second",
  "line allows",
  "core allows",
  "what binds",
  "after a leader's death, ms",
  "said for it, KB",
];

/** What would move each limit: the same simulation with one thing changed. */
export function aboutVariants({ surroundings, designs, results }: Findings): readonly string[] {
  const setting = designs[0]?.setting ?? results[0]?.setting;
  return [
    "## What would move the limits",
    "The same simulation with one thing changed, in how it is said or in where it runs. The core is the product's own in all of them.",
    ...designs.flatMap(({ setting: { producers, algorithm }, results: each }) => [
      `${algorithm.toUpperCase()}, ${producers} producers, other designs:`,
      markdownTable(head, each.map(variantRow)),
    ]),
    `- **A tree**: the leader sends a block to four nodes, each of which sends it to four others; a block takes one way more for each level, and a node that is silent keeps it from those below.
- **Erasure-coded**: the leader sends each node a part and its proof, each node sends its part to all others, and any f + 1 parts give the block. One way more. Coding itself takes no time here.
- **Names**: whoever is given a transaction tells everybody, 5 ms of them together; a block has 32 bytes for each. What a node lacks it would have to ask for; here it never does.
- **Compact**: votes name blocks by height and not their voter; certificates say once what all their votes repeat.
- **Aggregated**: BLS signatures of 48 bytes, a signature 7 times and a check 22 times as dear as Ed25519; a quorum's votes are checked together. With liars it is one check for each.`,
    ...(setting === undefined
      ? []
      : [
          `${nameOf(setting)} producers, other surroundings:`,
          markdownTable(head, surroundings.map(variantRow)),
        ]),
    ...conclusions(designs),
  ];
}

function variantRow(result: VariantResult): readonly string[] {
  const { name, loneMs, saturated, best, changeMs, changeBytes } = result;
  return [
    name,
    loneMs.toFixed(0),
    thousands(saturated.perSecond),
    thousands(best.line),
    thousands(best.core),
    bindingPart(saturated),
    changeMs.toFixed(0),
    kilobytes(changeBytes),
  ];
}

function conclusions(designs: Findings["designs"]): readonly string[] {
  return designs.flatMap(({ setting, results }) => {
    const [asItIs, ...others] = results;
    if (asItIs === undefined) return [];
    const byThroughput = others.toSorted((a, b) => b.saturated.perSecond - a.saturated.perSecond);
    const byChange = others.toSorted((a, b) => a.changeMs - b.changeMs);
    const [most] = byThroughput;
    const [quickest] = byChange;
    if (most === undefined || quickest === undefined) return [];
    const times = most.saturated.perSecond / asItIs.saturated.perSecond;
    return [
      `With ${setting.producers} producers throughput is moved most by "${most.name}": ${times.toFixed(1)} times as much, at ${most.loneMs.toFixed(0)} ms alone instead of ${asItIs.loneMs.toFixed(0)}. After a leader's death "${quickest.name}" is the quickest: ${quickest.changeMs.toFixed(0)} ms instead of ${asItIs.changeMs.toFixed(0)}, and ${kilobytes(quickest.changeBytes)} KB instead of ${kilobytes(asItIs.changeBytes)}.`,
    ];
  });
}
