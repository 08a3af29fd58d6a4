import { spawn } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { bundleService } from "@kith/packaging/bundle-service";
import { javaScript, setcodeInterface } from "@kith/sdk/system/setcode";
import { packAction } from "@kith/sdk/transaction";

import { letUse } from "./allowances.ts";
import { createAccount, loadAccountOf } from "./kith-account.ts";
import { rootHost, type KithCluster } from "./kith-cluster.ts";
import type { LoadResult } from "./load/closed-loop.ts";
import type { FloodTarget, LoadJob } from "./load/job.ts";
import { medianOf } from "./median.ts";

const othersCount = 4;
const floodConnections = 32;
/** The flood is there before the others are measured, and after. */
const floodLeadMs = 1000;
/** More rounds than any transaction has fuel for. */
const roundsWithoutEnd = 4_000_000_000;

export type FloodResult = {
  readonly name: string;
  /** Four accounts, each with one transaction at a time. */
  readonly alone: LoadResult;
  readonly beside: LoadResult;
  readonly floodPerSecond: number;
};

type Plan = {
  readonly folder: string;
  readonly kith: KithCluster;
  readonly rounds: number;
  readonly seconds: number;
};

/** What one account that sends as much as it can does to four others: cheap transactions, then expensive ones. */
export async function benchFlood(plan: Plan): Promise<readonly FloodResult[]> {
  const { kith, folder } = plan;
  const node = { rootHost, port: kith.leaderPort };
  const others = [];
  for (let index = 0; index < othersCount; index++) {
    others.push(loadAccountOf(await createAccount(node, `quiet-${index}`)));
  }
  const flooder = await createAccount(node, "flooder");
  const burner = await createAccount(node, "burner");
  const code = await burnerCode(folder);
  const install = { vm: javaScript, code };
  await burner.push([packAction(burner.name, setcodeInterface, "setCode", install)]);
  // The flood is to be held up by how blocks are made.
  await letUse({ port: kith.leaderPort, folder: kith.firstFolder }, flooder.name);
  const flood: FloodTarget = { kind: "kith-flood", ...node, account: loadAccountOf(flooder) };
  const burn = { service: "burner", rounds: roundsWithoutEnd };
  const othersTarget = { kind: "kith", ...node, accounts: others } as const;
  const results: FloodResult[] = [];
  for (const [name, target] of [
    ["cheap transactions", flood],
    ["500 million units of work each", { ...flood, burn }],
  ] as const) {
    results.push(await measure({ name, others: othersTarget, flood: target }, plan));
  }
  return results;
}

type Phase = {
  readonly name: string;
  readonly others: LoadJob["target"];
  readonly flood: FloodTarget;
};

/** Alone and beside the flood in turn, so that a busy minute hits both. */
async function measure(
  { name, others, flood }: Phase,
  { rounds, seconds }: Plan,
): Promise<FloodResult> {
  const measuredMs = seconds * 1000;
  const job: LoadJob = { target: others, clients: othersCount, warmUpMs: 500, measuredMs };
  const flooding: LoadJob = {
    target: flood,
    clients: floodConnections,
    warmUpMs: floodLeadMs + 500,
    measuredMs,
  };
  const alone: LoadResult[] = [];
  const beside: LoadResult[] = [];
  const floods: LoadResult[] = [];
  for (let round = 0; round < rounds; round++) {
    alone.push(await runLoad(job));
    const flooded = runLoad(flooding);
    await Bun.sleep(floodLeadMs);
    beside.push(await runLoad(job));
    floods.push(await flooded);
  }
  const floodPerSecond = medianOf(floods.map(({ perSecond }) => perSecond));
  return { name, alone: medianOfLoads(alone), beside: medianOfLoads(beside), floodPerSecond };
}

function medianOfLoads(loads: readonly LoadResult[]): LoadResult {
  const median = (pick: (load: LoadResult) => number): number => medianOf(loads.map(pick));
  return {
    perSecond: median(({ perSecond }) => perSecond),
    p50Ms: median(({ p50Ms }) => p50Ms),
    p99Ms: median(({ p99Ms }) => p99Ms),
    requests: median(({ requests }) => requests),
  };
}

const parseResult: (text: string) => LoadResult = JSON.parse;

async function runLoad(job: LoadJob): Promise<LoadResult> {
  const script = join(import.meta.dirname, "load/main.ts");
  const load = spawn(process.execPath, [script, JSON.stringify(job)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  let text = "";
  load.stdout.setEncoding("utf8").on("data", (part: string) => (text += part));
  const status = await new Promise((resolve) => load.once("close", resolve));
  if (status !== 0) throw new Error(`the load ${job.target.kind} failed`);
  return parseResult(text);
}

/** A service that works for as many rounds as it is told. */
async function burnerCode(folder: string): Promise<Uint8Array> {
  const entry = join(folder, "burner", "index.ts");
  mkdirSync(join(folder, "burner"), { recursive: true });
  writeFileSync(entry, burnerSource);
  const code = await bundleService(entry);
  if (!code.ok) throw new Error(JSON.stringify(code.error));
  return code.value;
}

const burnerSource = `
import { abort } from "@kith/sdk/abort";
import { action, service } from "@kith/sdk/service";
import { nothing } from "@kith/sdk/signature";
import { u32 } from "@kith/sdk/types";

const burn = action({ rounds: u32 }, nothing, (_context, { rounds }) => {
  let sum = 0;
  for (let round = 0; round < rounds; round++) sum = (sum + round * 31) % 65_521;
  if (sum === 65_521) abort("impossible", "a remainder is smaller");
});
export const burner = service("burner", { tables: [], actions: { burn } });
`;
