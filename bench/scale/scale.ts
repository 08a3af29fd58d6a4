import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { join } from "node:path";

import { measureCosts } from "./costs/measure-costs.ts";
import { measureSizes } from "./costs/message-sizes.ts";
import { nameOf } from "./findings.ts";
import { wideArea, type Setting } from "./network/setting.ts";
import { formatReport } from "./report.ts";
import { calibrate } from "./runs/calibrate.ts";
import { measureScale, type Effort } from "./runs/measure-scale.ts";
import { designs, runVariants, surroundings } from "./runs/variants.ts";

const producerCounts = [4, 7, 16, 31, 64, 100];
/** Networks in which other designs are tried. */
const designCounts = [31, 100];
const reportFile = join(import.meta.dirname, "../scale.md");

/** Measures what things cost, simulates networks of all sizes, and writes `bench/scale.md`. Takes several minutes. */
export async function benchScale(folder: string): Promise<void> {
  const costs = await measureCosts(folder);
  const sizes = measureSizes();
  const settings = producerCounts.flatMap((producers) =>
    (["bft", "cft"] as const).map((algorithm) => ({ ...wideArea, producers, algorithm })),
  );
  const results = settings.map((setting) => {
    console.log(`simulating ${nameOf(setting)}`);
    return measureScale(setting, costs, effortFor(setting));
  });
  const [first, ...others] = designCounts.map((producers) => ({ ...wideArea, producers }));
  if (first === undefined) throw new Error("designs are tried somewhere");
  const variants = (setting: Setting, which: typeof designs) => {
    console.log(`simulating variants of ${nameOf(setting)}`);
    return runVariants(which, { setting, costs, effort: variantEffortFor(setting) });
  };
  const report = formatReport({
    machine: `${cpus()[0]?.model ?? "an unknown processor"}, Bun ${Bun.version}`,
    costs,
    sizes,
    steps: calibrate(first, costs),
    results,
    surroundings: variants(first, surroundings),
    designs: [first, ...others].map((setting) => ({
      setting,
      results: variants(setting, designs),
    })),
  });
  writeFileSync(reportFile, report);
  spawnSync("bunx", ["oxfmt", reportFile], { stdio: "inherit" });
  console.log(`wrote ${reportFile}`);
}

/** Votes grow with the square of the producers. */
function effortFor({ producers }: Setting): Effort {
  if (producers <= 31) return { loneTransactions: 100, measuredMs: 8_000, deaths: 20 };
  if (producers <= 64) return { loneTransactions: 50, measuredMs: 4_000, deaths: 10 };
  return { loneTransactions: 30, measuredMs: 3_000, deaths: 8 };
}

function variantEffortFor({ producers }: Setting): Effort {
  if (producers <= 31) return { loneTransactions: 10, measuredMs: 4_000, deaths: 5 };
  return { loneTransactions: 5, measuredMs: 2_000, deaths: 3 };
}
