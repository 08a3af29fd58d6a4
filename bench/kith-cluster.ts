import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";

import { isObject } from "../test/conformance/json.ts";
import type { Cluster } from "./etcd-cluster.ts";
import { childrenOf, stopAll } from "./processes.ts";

export const rootHost = "kith.localhost";
const startTimeoutMs = 90_000;

export type KithCluster = Cluster & {
  readonly firstFolder: string;
  readonly ports: readonly number[];
};

type KithOptions = {
  readonly nodes?: number;
  /** Left out where another version is measured, which may not know it. */
  readonly algorithm?: "cft" | "bft";
  /** Where another version is. */
  readonly checkout?: string;
};

const ownCheckout = join(import.meta.dirname, "..");

/** Nodes of one network, started as the README says. */
export async function startKith(
  folder: string,
  firstPort: number,
  { nodes = 3, algorithm, checkout = ownCheckout }: KithOptions = {},
): Promise<KithCluster> {
  const data = join(folder, `kith-${firstPort}`);
  const words = ["--nodes", String(nodes), "--port", String(firstPort), "--data", data];
  if (algorithm !== undefined) words.push("--algorithm", algorithm);
  // Other checkouts may be older than the rule, and know no such option.
  const hasRule = existsSync(join(checkout, "server/decisions/0171-short-names.md"));
  if (hasRule) words.push("--free-names", "1");
  const network = spawn(process.execPath, ["server/network.ts", ...words], {
    stdio: ["ignore", "ignore", "inherit"],
    cwd: checkout,
  });
  const ports = Array.from({ length: nodes }, (_, index) => firstPort + index);
  const leaderPort = await waitForLeader(ports).catch(async (error: unknown) => {
    await stopAll([network]);
    throw error;
  });
  return {
    leaderPort,
    ports,
    pids: childrenOf(network.pid ?? 0),
    firstFolder: join(data, "node-1"),
    stop: () => stopAll([network]),
  };
}

/** The port of the node that leads. */
export async function waitForLeader(ports: readonly number[]): Promise<number> {
  const giveUpAt = performance.now() + startTimeoutMs;
  while (performance.now() < giveUpAt) {
    for (const port of ports) if ((await roleOf(port)) === "leader") return port;
    await Bun.sleep(100);
  }
  throw new Error("Kith has not elected a leader");
}

async function roleOf(port: number): Promise<unknown> {
  try {
    const reply = await fetch(`http://127.0.0.1:${port}/status`, {
      headers: { host: `x-admin.${rootHost}` },
    });
    const status: unknown = await reply.json();
    return isObject(status) ? status["role"] : undefined;
  } catch {
    return undefined;
  }
}
