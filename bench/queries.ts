import { spawn, type ChildProcess } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";

import { letAllUse } from "./allowances.ts";
import { createAccount } from "./kith-account.ts";
import { rootHost, waitForLeader } from "./kith-cluster.ts";
import type { LoadResult } from "./load/closed-loop.ts";
import type { LoadJob } from "./load/job.ts";
import { medianOf } from "./median.ts";
import { readUsage } from "./process-usage.ts";
import { childrenOf, stopAll } from "./processes.ts";

const queryClients = 4;
const hashesAsked = 32;
const warmUpMs = 1000;

export type QueryBenchResult = {
  /** Cores that the node, its query processes, the writer and the clients share. */
  readonly cores: number;
  /** Four clients at full speed, and what a thousand of their queries take. */
  readonly queriesAlone: LoadResult;
  readonly cpuMsPerThousand: { readonly node: number; readonly process: number };
  /** The same while one writer writes. */
  readonly queries: LoadResult;
  /** One writer, each transaction behind the last one's finality. */
  readonly alone: LoadResult;
  readonly beside: LoadResult;
};

type Plan = {
  readonly folder: string;
  readonly port: number;
  readonly rounds: number;
  readonly seconds: number;
};

/** A node with everything around it on one core, and on two: rounds of both, so that a busy minute hits both. */
export async function benchQueries(plan: Plan): Promise<QueryBenchResult[]> {
  const results: QueryBenchResult[] = [];
  for (const cores of ["0", "0,1"]) {
    const rounds: QueryBenchResult[] = [];
    for (let round = 0; round < plan.rounds; round++) {
      rounds.push(await measureOn(cores, join(plan.folder, `queries-${cores}-${round}`), plan));
    }
    results.push(medianOfRounds(rounds));
  }
  return results;
}

async function measureOn(cores: string, data: string, plan: Plan): Promise<QueryBenchResult> {
  const { port } = plan;
  const words = ["server/main.ts", "--data", data, "--port", `${port}`, "--query-processes", "1"];
  const node = start(cores, words, "ignore");
  try {
    await waitForLeader([port]);
    await letAllUse({ port, folder: data });
    const { account, secretKey } = await createAccount({ rootHost, port }, "bench-load");
    const time = { warmUpMs, measuredMs: plan.seconds * 1000 };
    const writer: LoadJob = {
      target: { kind: "kith", port, rootHost, accounts: [{ account, secretKey }] },
      clients: 1,
      ...time,
    };
    const asking: LoadJob = {
      target: { kind: "kith-query", port, rootHost, hashes: hashesAsked },
      clients: queryClients,
      ...time,
    };
    const alone = await runLoad(cores, writer);
    const pids = [node.pid ?? 0, queryProcessOf(node.pid ?? 0)];
    const before = pids.map(readUsage);
    const queriesAlone = await runLoad(cores, asking);
    const after = pids.map(readUsage);
    const thousands =
      (queriesAlone.requests * (warmUpMs + time.measuredMs)) / time.measuredMs / 1000;
    const [nodeMs = 0, processMs = 0] = after.map(
      ({ cpuMs }, at) => (cpuMs - (before[at]?.cpuMs ?? 0)) / thousands,
    );
    const [beside, queries] = await Promise.all([runLoad(cores, writer), runLoad(cores, asking)]);
    const cpuMsPerThousand = { node: nodeMs, process: processMs };
    const count = cores.split(",").length;
    return { cores: count, queriesAlone, cpuMsPerThousand, queries, alone, beside };
  } finally {
    await stopAll([node]);
  }
}

/** Beside what else a node may have started. */
function queryProcessOf(node: number): number {
  const found = childrenOf(node).find((pid) =>
    readFileSync(`/proc/${pid}/cmdline`, "utf8").includes("query-process.ts"),
  );
  if (found === undefined) throw new Error("the node has no query process");
  return found;
}

const parseResult: (text: string) => LoadResult = JSON.parse;

async function runLoad(cores: string, job: LoadJob): Promise<LoadResult> {
  const load = start(
    cores,
    [join(import.meta.dirname, "load/main.ts"), JSON.stringify(job)],
    "pipe",
  );
  let text = "";
  load.stdout?.setEncoding("utf8").on("data", (part: string) => (text += part));
  const status = await new Promise((resolve) => load.once("close", resolve));
  if (status !== 0) throw new Error(`the load ${job.target.kind} failed`);
  return parseResult(text);
}

function start(cores: string, words: readonly string[], output: "ignore" | "pipe"): ChildProcess {
  return spawn("taskset", ["-c", cores, process.execPath, ...words], {
    stdio: ["ignore", output, "inherit"],
  });
}

function medianOfRounds(rounds: readonly QueryBenchResult[]): QueryBenchResult {
  const [first] = rounds;
  if (first === undefined) throw new Error("no rounds");
  const median = (pick: (result: QueryBenchResult) => LoadResult): LoadResult => {
    const all = rounds.map(pick);
    return {
      perSecond: medianOf(all.map(({ perSecond }) => perSecond)),
      p50Ms: medianOf(all.map(({ p50Ms }) => p50Ms)),
      p99Ms: medianOf(all.map(({ p99Ms }) => p99Ms)),
      requests: medianOf(all.map(({ requests }) => requests)),
    };
  };
  return {
    cores: first.cores,
    queriesAlone: median(({ queriesAlone }) => queriesAlone),
    cpuMsPerThousand: {
      node: medianOf(rounds.map(({ cpuMsPerThousand }) => cpuMsPerThousand.node)),
      process: medianOf(rounds.map(({ cpuMsPerThousand }) => cpuMsPerThousand.process)),
    },
    queries: median(({ queries }) => queries),
    alone: median(({ alone }) => alone),
    beside: median(({ beside }) => beside),
  };
}
