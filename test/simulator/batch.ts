import { addMarks, type Marks } from "./marks.ts";
import type { RunReport } from "./run-report.ts";
import { runSeed, type RunPlan } from "./world.ts";

export type BatchReport = {
  readonly runs: number;
  readonly failures: readonly RunReport[];
  readonly marks: Marks;
  readonly virtualSeconds: number;
  readonly realSeconds: number;
  readonly events: number;
  readonly finalBlocks: number;
  readonly acknowledged: number;
};

export type BatchPlan = {
  /** Ends the batch when it has none left to give. */
  readonly nextSeed: () => number | undefined;
  readonly plan: (seed: number) => RunPlan;
  readonly onRun: (report: RunReport, realSeconds: number) => void;
  readonly clockMs: () => number;
};

export function runBatch({ nextSeed, plan, onRun, clockMs }: BatchPlan): BatchReport {
  const marks: Marks = new Map();
  const failures: RunReport[] = [];
  const sum = { runs: 0, virtualSeconds: 0, events: 0, finalBlocks: 0, acknowledged: 0 };
  const startMs = clockMs();
  for (let seed = nextSeed(); seed !== undefined; seed = nextSeed()) {
    const runStartMs = clockMs();
    const report = runSeed(plan(seed));
    onRun(report, (clockMs() - runStartMs) / 1_000);
    addMarks(marks, report.marks);
    if (report.failure !== undefined) failures.push(report);
    sum.runs += 1;
    sum.virtualSeconds += report.virtualSeconds;
    sum.events += report.events;
    sum.finalBlocks += report.finalBlocks;
    sum.acknowledged += report.acknowledged;
  }
  const realSeconds = (clockMs() - startMs) / 1_000;
  return { ...sum, failures, marks, realSeconds };
}
