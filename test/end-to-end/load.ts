import type { LoadResult } from "../../bench/load/closed-loop.ts";
import type { LoadJob } from "../../bench/load/job.ts";
import { Child } from "./child.ts";

const parseResult: (text: string) => LoadResult = JSON.parse;

/** Clients in a process of their own, which ends by itself. */
export async function runLoad(job: LoadJob): Promise<LoadResult> {
  const child = new Child(job.target.kind, ["bench/load/main.ts", JSON.stringify(job)]);
  const status = await child.ended();
  if (status !== 0) throw new Error(`${child.name} ended with ${status}:\n${child.output}`);
  return parseResult(child.output);
}

export function middle(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
