/**
 * `bun run simulate [--seed N] [--hours H] [--nodes N] [--minutes M] [--runs R] [--core] [--algorithm bft] [--storm] [--trace]`
 * One seed, replayed exactly; or, with --minutes or --runs, a batch of seeds from --seed (default: a fresh one) on,
 * with --until-failure only up to the first that fails. `--mutant NAME` first takes a rule out of the product.
 */
import { parseArgs } from "node:util";

import type { BatchReport } from "./batch.ts";
import { mutantNamed } from "./mutants.ts";
import { mutate } from "./mutate.ts";
import type { RunReport } from "./run-report.ts";
import type { SubjectName } from "./subjects.ts";
import type { LiarPlan } from "./world.ts";

const { values } = parseArgs({
  options: {
    seed: { type: "string" },
    hours: { type: "string" },
    nodes: { type: "string", default: "3" },
    minutes: { type: "string" },
    runs: { type: "string" },
    storm: { type: "boolean", default: false },
    core: { type: "boolean", default: false },
    algorithm: { type: "string", default: "cft" },
    liars: { type: "string" },
    trace: { type: "boolean", default: false },
    mutant: { type: "string" },
    "until-failure": { type: "boolean", default: false },
  },
});

const mutant = values.mutant === undefined ? undefined : mutate(mutantNamed(values.mutant));
const { missingMarks } = await import("./marks.ts");
const { runBatch } = await import("./batch.ts");
const { drawWeather } = await import("./weather.ts");
const { subjectNamed } = await import("./subjects.ts");
const { drawLiarPlan } = await import("./liars/draw-liars.ts");

const mode = modeOf(values.algorithm);
const weather = values.storm ? "storm" : "usual";
const firstSeed = numberOf("seed", values.seed) ?? 1 + Math.floor(Math.random() * 1e9);
const minutes = numberOf("minutes", values.minutes);
const runs = numberOf("runs", values.runs) ?? (minutes === undefined ? 1 : Infinity);
const virtualSeconds = 3_600 * (numberOf("hours", values.hours) ?? (runs === 1 ? 1 : 0.1));
const producerCount = numberOf("nodes", values.nodes) ?? 3;
const clockMs = (): number => performance.now();
const deadlineMs = clockMs() + (minutes ?? Infinity) * 60_000;
let started = 0;
let isOver = false;

const report = runBatch({
  clockMs,
  nextSeed() {
    if (isOver || started >= runs || (started > 0 && clockMs() > deadlineMs)) return undefined;
    started += 1;
    return firstSeed + started - 1;
  },
  plan: (seed) => ({
    seed,
    producerCount,
    virtualSeconds,
    faults: drawWeather(weather, seed),
    createSubject: subjectNamed(mode),
    ...liarsOf(seed),
    ...(values.trace ? { print } : {}),
  }),
  onRun(run, realSeconds) {
    isOver = values["until-failure"] && run.failure !== undefined;
    if (runs === 1 || run.failure !== undefined) printRun(run, realSeconds);
  },
});
printSummary(report);
if (mutant?.isLoaded === false) throw new Error("the rule that was taken out was never loaded");
process.exitCode = report.failures.length === 0 ? 0 : 1;

function numberOf(name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (text.trim() !== "" && Number.isFinite(value) && value >= 0) return value;
  print(`--${name} takes a number, not "${text}"`);
  process.exit(2);
}

/** Only under BFT: as many as the seed says, or as the option says, which may be more than the network stands. */
function liarsOf(seed: number): { readonly liars?: LiarPlan } {
  if (mode !== "core-bft") return {};
  const count = numberOf("liars", values.liars);
  if (count === undefined) return { liars: drawLiarPlan(seed, producerCount) };
  return { liars: { count, mayFork: 3 * count >= producerCount } };
}

function modeOf(algorithm: string): SubjectName {
  if (algorithm === "cft") return values.core ? "core" : "replica";
  if (algorithm === "bft" && values.core) return "core-bft";
  print("--algorithm takes cft, or with --core bft");
  process.exit(2);
}

function printRun(run: RunReport, realSeconds: number): void {
  const { seed, digest, failure } = run;
  const algorithm = values.algorithm === "cft" ? "" : ` --algorithm ${values.algorithm}`;
  const options = `${values.core ? " --core" : ""}${algorithm}${values.storm ? " --storm" : ""}`;
  const liars = values.liars === undefined ? "" : ` --liars ${values.liars}`;
  const without = values.mutant === undefined ? "" : ` --mutant ${values.mutant}`;
  const hours = virtualSeconds / 3_600;
  print(`seed ${seed}: ${figures(run)} in ${realSeconds.toFixed(2)} s, trace ${digest}`);
  if (failure === undefined) return;
  print(`seed ${seed}: ${failure.kind} at ${failure.atSeconds.toFixed(6)} s: ${failure.message}`);
  print(
    `replay: bun run simulate --seed ${seed} --hours ${hours} --nodes ${producerCount}${options}${liars}${without}`,
  );
}

function printSummary(batch: BatchReport): void {
  const ratio = Math.round(batch.virtualSeconds / batch.realSeconds);
  const seeds = batch.runs === 1 ? `seed ${firstSeed}` : `${batch.runs} seeds from ${firstSeed}`;
  print(
    `${seeds}, ${producerCount} nodes: ${figures(batch)} in ${batch.realSeconds.toFixed(1)} s, ` +
      `${ratio} times real time, ${batch.failures.length} failed`,
  );
  const reached = [...batch.marks].map(([mark, count]) => `${mark} ${count}`).toSorted();
  print(`reached: ${reached.join(", ")}`);
  const missing = missingMarks(batch.marks, `${mode} ${weather}`);
  if (missing.length > 0) print(`not reached: ${missing.join(", ")}`);
}

function figures(sum: Omit<BatchReport, "failures" | "runs" | "realSeconds">): string {
  const hours = (sum.virtualSeconds / 3_600).toFixed(2);
  const { events, finalBlocks, acknowledged } = sum;
  return `${hours} virtual hours, ${events} events, ${finalBlocks} final blocks, ${acknowledged} acknowledged`;
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
