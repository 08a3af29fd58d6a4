/**
 * `bun test/determinism/main.ts [--seed N] [--count N] [--print]`: compares random programs on all runtimes, in
 * portions, until the count is reached; `--print` shows the program of one seed instead, and how it ends here.
 */
import { parseArgs } from "node:util";

import { compareOn } from "./compare.ts";
import { randomJobs } from "./random-jobs.ts";
import { randomProgram } from "./random-program.ts";
import { runJob } from "./run-job.ts";
import { openRuntimes } from "./runtimes.ts";

const portion = 100;

const { values } = parseArgs({
  options: {
    seed: { type: "string" },
    count: { type: "string", default: "1000" },
    print: { type: "boolean", default: false },
  },
});
const firstSeed = Number(values.seed ?? Math.floor(Math.random() * 1e9));
const count = Number(values.count);

if (values.print) printProgram(firstSeed);
else await compareAll();

function printProgram(seed: number): void {
  console.log(randomProgram(seed));
  for (const job of randomJobs(seed, 1)) console.log(runJob(job).outcomes[0]);
}

async function compareAll(): Promise<void> {
  const runtimes = openRuntimes();
  for (const name of runtimes.missing) console.log(`${name} is not on this machine`);
  const ends = new Map<string, number>();
  try {
    for (let done = 0; done < count; done += portion) {
      const jobs = randomJobs(firstSeed + done, Math.min(portion, count - done));
      for (const { outcome, differences } of await compareOn(runtimes, jobs)) {
        ends.set(outcome.code, (ends.get(outcome.code) ?? 0) + 1);
        for (const difference of differences) console.log(difference);
        if (differences.length > 0) process.exitCode = 1;
      }
    }
  } finally {
    runtimes.close();
  }
  const told = [...ends].map(([code, number]) => `${code} ${number}`).join(", ");
  console.log(`${count} programs from seed ${firstSeed}: ${told}`);
}
