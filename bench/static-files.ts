import { spawnSync } from "node:child_process";

import { medianOf } from "./median.ts";

export type StaticTarget = {
  readonly name: string;
  readonly url: string;
  readonly host: string | undefined;
  /** Sent with each request; a node keeps files compressed and decodes them for clients that refuse it. */
  readonly acceptEncoding: string | undefined;
};

export type StaticResult = {
  readonly name: string;
  readonly perSecond: number;
  readonly p99Ms: number;
};

const connections = 32;

/** wrk against each target in turn, round after round. */
export function measureStatic(
  targets: readonly StaticTarget[],
  { rounds, seconds }: { readonly rounds: number; readonly seconds: number },
): StaticResult[] {
  const samples = targets.map((): StaticResult[] => []);
  for (let round = 0; round < rounds; round++) {
    for (const [index, target] of targets.entries()) {
      samples[index]?.push(runWrk(target, seconds));
    }
  }
  return targets.map(({ name }, index) => ({
    name,
    perSecond: medianOf((samples[index] ?? []).map(({ perSecond }) => perSecond)),
    p99Ms: medianOf((samples[index] ?? []).map(({ p99Ms }) => p99Ms)),
  }));
}

function runWrk({ name, url, host, acceptEncoding }: StaticTarget, seconds: number): StaticResult {
  const headers = [
    ...(host === undefined ? [] : ["-H", `Host: ${host}`]),
    ...(acceptEncoding === undefined ? [] : ["-H", `Accept-Encoding: ${acceptEncoding}`]),
  ];
  const words = ["-t1", `-c${connections}`, `-d${seconds}s`, "--latency", ...headers, url];
  const { stdout, status } = spawnSync("wrk", words);
  const text = stdout.toString();
  const perSecond = Number(/Requests\/sec:\s*([\d.]+)/.exec(text)?.[1]);
  if (status !== 0 || text.includes("Non-2xx") || Number.isNaN(perSecond)) {
    throw new Error(`wrk against ${name} failed:\n${text}`);
  }
  return { name, perSecond, p99Ms: latencyOf(text) };
}

function latencyOf(text: string): number {
  const [, number = "", unit = ""] = /99%\s*([\d.]+)(us|ms|s)/.exec(text) ?? [];
  return Number(number) * (unit === "us" ? 0.001 : unit === "ms" ? 1 : 1000);
}
