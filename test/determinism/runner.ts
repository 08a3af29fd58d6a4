/**
 * `runner.ts JOBS`: runs the jobs of a file, which is a JSON array of them, and prints a line of JSON for each. Started
 * on every runtime by `runtimes.ts`.
 */
import { readFileSync } from "node:fs";

import type { Job } from "./job.ts";
import { runJob } from "./run-job.ts";

const [, , path = ""] = process.argv;
// oxlint-disable-next-line no-unsafe-type-assertion -- written by `runtimes.ts` a moment ago
const jobs = JSON.parse(readFileSync(path, "utf8")) as readonly Job[];
for (const job of jobs) console.log(JSON.stringify(runJob(job)));
