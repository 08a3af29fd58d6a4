import { spawnSync } from "node:child_process";
import { join } from "node:path";

import type { LoadResult } from "./load/closed-loop.ts";
import type { LoadJob } from "./load/job.ts";
import { medianOf } from "./median.ts";
import { readUsage, type Usage } from "./process-usage.ts";

/** One of the systems that order writes, and the way in that is measured. */
export type Contestant = {
  readonly name: string;
  readonly target: LoadJob["target"];
  readonly pids: readonly number[];
};

export type OrderingPlan = {
  readonly clientCounts: readonly number[];
  readonly rounds: number;
  readonly warmUpMs: number;
  readonly measuredMs: number;
};

export type OrderingResult = LoadResult & {
  readonly name: string;
  readonly clients: number;
  /** Milliseconds of CPU time for 1000 requests, each node. */
  readonly cpuMsPerThousand: readonly number[];
  readonly memoryMb: readonly number[];
};

/** Round after round, each system after the other, so that a busy minute of the machine hits all of them. */
export function measureOrdering(
  contestants: readonly Contestant[],
  plan: OrderingPlan,
): OrderingResult[] {
  const samples = new Map<string, OrderingResult[]>();
  for (const clients of plan.clientCounts) {
    for (let round = 0; round < plan.rounds; round++) {
      for (const contestant of contestants) {
        const key = `${contestant.name} ${clients}`;
        const result = measureOnce(contestant, { ...plan, clients });
        samples.set(key, [...(samples.get(key) ?? []), result]);
      }
    }
  }
  return [...samples.values()].map(medianOfRounds);
}

function measureOnce(
  { name, target, pids }: Contestant,
  { clients, warmUpMs, measuredMs }: OrderingPlan & { readonly clients: number },
): OrderingResult {
  const before = pids.map(readUsage);
  const result = runLoad({ target, clients, warmUpMs, measuredMs });
  const after = pids.map(readUsage);
  const requestsInAll = (result.requests * (warmUpMs + measuredMs)) / measuredMs;
  return {
    ...result,
    name,
    clients,
    cpuMsPerThousand: after.map(
      (usage, index) => ((usage.cpuMs - (before[index]?.cpuMs ?? 0)) / requestsInAll) * 1000,
    ),
    memoryMb: after.map((usage: Usage) => usage.memoryMb),
  };
}

const parseResult: (text: string) => LoadResult = JSON.parse;

function runLoad(job: LoadJob): LoadResult {
  const script = join(import.meta.dirname, "load/main.ts");
  const { stdout, status } = spawnSync(process.execPath, [script, JSON.stringify(job)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  if (status !== 0) throw new Error(`the load on ${job.target.kind} failed`);
  return parseResult(stdout.toString());
}

function medianOfRounds(rounds: readonly OrderingResult[]): OrderingResult {
  const [first] = rounds;
  if (first === undefined) throw new Error("no rounds");
  const median = (pick: (result: OrderingResult) => number): number => medianOf(rounds.map(pick));
  return {
    name: first.name,
    clients: first.clients,
    perSecond: median(({ perSecond }) => perSecond),
    p50Ms: median(({ p50Ms }) => p50Ms),
    p99Ms: median(({ p99Ms }) => p99Ms),
    requests: median(({ requests }) => requests),
    cpuMsPerThousand: first.cpuMsPerThousand.map((_, node) =>
      median(({ cpuMsPerThousand }) => cpuMsPerThousand[node] ?? Number.NaN),
    ),
    memoryMb: first.memoryMb.map((_, node) =>
      median(({ memoryMb }) => memoryMb[node] ?? Number.NaN),
    ),
  };
}
