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
/** Before anything is measured: until then query processes start, and the runtime compiles what is called often. */
const settleMs = 4000;

/** What node, query processes, writer and clients share, and how many query processes there may be. */
type Setup = { readonly cores: readonly number[]; readonly processes: number };

/** One core for all; a second one, with the query processes that a node has by itself; and with one for each core. */
const setups: readonly Setup[] = [
  { cores: [0], processes: 1 },
  { cores: [0, 1], processes: 1 },
  { cores: [0, 1], processes: 2 },
];

/** CPU time that a thousand queries take, which says the same on a busy machine. */
type QueryCost = {
  readonly nodeMs: number;
  /** Of all query processes. */
  readonly processMs: number;
};

export type QueryBenchResult = {
  readonly cores: number;
  readonly processes: number;
  /** Four clients at full speed. */
  readonly queriesAlone: LoadResult;
  readonly cost: QueryCost;
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

/** Rounds of all setups, so that a busy minute hits each. */
export async function benchQueries(plan: Plan): Promise<QueryBenchResult[]> {
  const results = setups.map((): QueryBenchResult[] => []);
  for (let round = 0; round < plan.rounds; round++) {
    for (const [at, setup] of setups.entries()) {
      const data = join(plan.folder, `queries-${at}-${round}`);
      results[at]?.push(await measureOn(setup, data, plan));
    }
  }
  return results.map(medianOfRounds);
}

async function measureOn(setup: Setup, data: string, plan: Plan): Promise<QueryBenchResult> {
  const { port } = plan;
  const processes = String(setup.processes);
  const words = [
    "--data",
    data,
    "--port",
    String(port),
    "--query-processes",
    processes,
    "--free-names",
    "1",
  ];

  const node = start(setup, ["server/main.ts", ...words], "ignore");
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
    await runLoad(setup, { ...asking, warmUpMs: 0, measuredMs: settleMs });
    const { load: queriesAlone, cost } = await queriesOf(node, setup, asking);
    const alone = await runLoad(setup, writer);
    const [beside, queries] = await Promise.all([runLoad(setup, writer), runLoad(setup, asking)]);
    const cores = setup.cores.length;
    return { cores, processes: setup.processes, queriesAlone, cost, queries, alone, beside };
  } finally {
    await stopAll([node]);
  }
}

async function queriesOf(
  node: ChildProcess,
  setup: Setup,
  asking: LoadJob,
): Promise<{ readonly load: LoadResult; readonly cost: QueryCost }> {
  const nodePid = node.pid ?? 0;
  const children = queryProcessesOf(nodePid);
  const used = (): { readonly nodeMs: number; readonly processMs: number } => ({
    nodeMs: readUsage(nodePid).cpuMs,
    processMs: children.reduce((sum, pid) => sum + readUsage(pid).cpuMs, 0),
  });
  const before = used();
  const load = await runLoad(setup, asking);
  const after = used();
  const { warmUpMs: leftOutMs, measuredMs } = asking;
  const thousands = (load.requests * (leftOutMs + measuredMs)) / measuredMs / 1000;
  return {
    load,
    cost: {
      nodeMs: (after.nodeMs - before.nodeMs) / thousands,
      processMs: (after.processMs - before.processMs) / thousands,
    },
  };
}

/** Beside what else a node may have started. */
function queryProcessesOf(node: number): readonly number[] {
  const found = childrenOf(node).filter((pid) =>
    readFileSync(`/proc/${pid}/cmdline`, "utf8").includes("query-process.ts"),
  );
  if (found.length === 0) throw new Error("the node has no query process");
  return found;
}

const parseResult: (text: string) => LoadResult = JSON.parse;

async function runLoad(setup: Setup, job: LoadJob): Promise<LoadResult> {
  const load = start(
    setup,
    [join(import.meta.dirname, "load/main.ts"), JSON.stringify(job)],
    "pipe",
  );
  let text = "";
  load.stdout?.setEncoding("utf8").on("data", (part: string) => (text += part));
  const status = await new Promise((resolve) => load.once("close", resolve));
  if (status !== 0) throw new Error(`the load ${job.target.kind} failed`);
  return parseResult(text);
}

function start(
  { cores }: Setup,
  words: readonly string[],
  output: "ignore" | "pipe",
): ChildProcess {
  return spawn("taskset", ["-c", cores.join(","), process.execPath, ...words], {
    stdio: ["ignore", output, "inherit"],
  });
}

function medianOfRounds(rounds: readonly QueryBenchResult[]): QueryBenchResult {
  const [first] = rounds;
  if (first === undefined) throw new Error("no rounds");
  const number = (pick: (result: QueryBenchResult) => number): number => medianOf(rounds.map(pick));
  const median = (pick: (result: QueryBenchResult) => LoadResult): LoadResult => ({
    perSecond: number((result) => pick(result).perSecond),
    p50Ms: number((result) => pick(result).p50Ms),
    p99Ms: number((result) => pick(result).p99Ms),
    requests: number((result) => pick(result).requests),
  });
  return {
    cores: first.cores,
    processes: first.processes,
    queriesAlone: median(({ queriesAlone }) => queriesAlone),
    cost: {
      nodeMs: number(({ cost }) => cost.nodeMs),
      processMs: number(({ cost }) => cost.processMs),
    },
    queries: median(({ queries }) => queries),
    alone: median(({ alone }) => alone),
    beside: median(({ beside }) => beside),
  };
}
