import { spawn } from "node:child_process";
import { join } from "node:path";

import { isObject, textAt } from "../test/conformance/json.ts";
import { stopAll } from "./processes.ts";

export type Cluster = {
  /** Of the leader, which all clients talk to. */
  readonly leaderPort: number;
  readonly pids: readonly number[];
  readonly stop: () => Promise<void>;
};

const members = [0, 1, 2];
const startTimeoutMs = 15_000;

/** Three members of one etcd on the loopback, with the settings that etcd has by itself. */
export async function startEtcd(folder: string, firstPort: number): Promise<Cluster> {
  const clientPort = (member: number): number => firstPort + member * 2;
  const peerUrl = (member: number): string => `http://127.0.0.1:${firstPort + member * 2 + 1}`;
  const cluster = members.map((member) => `m${member}=${peerUrl(member)}`).join(",");
  const processes = members.map((member) => {
    const clientUrl = `http://127.0.0.1:${clientPort(member)}`;
    return spawn(
      "etcd",
      [
        `--name=m${member}`,
        `--data-dir=${join(folder, `etcd-${member}`)}`,
        `--listen-client-urls=${clientUrl}`,
        `--advertise-client-urls=${clientUrl}`,
        `--listen-peer-urls=${peerUrl(member)}`,
        `--initial-advertise-peer-urls=${peerUrl(member)}`,
        `--initial-cluster=${cluster}`,
        "--log-level=error",
      ],
      { stdio: "ignore" },
    );
  });
  const leader = await findLeader(members.map(clientPort));
  return {
    leaderPort: leader,
    pids: processes.flatMap(({ pid }) => (pid === undefined ? [] : [pid])),
    stop: () => stopAll(processes),
  };
}

async function findLeader(ports: readonly number[]): Promise<number> {
  const giveUpAt = performance.now() + startTimeoutMs;
  while (performance.now() < giveUpAt) {
    for (const port of ports) if (await isLeader(port)) return port;
    await Bun.sleep(100);
  }
  throw new Error("etcd has not elected a leader");
}

async function isLeader(port: number): Promise<boolean> {
  try {
    const url = `http://127.0.0.1:${port}/v3/maintenance/status`;
    const status: unknown = await (await fetch(url, { method: "POST", body: "{}" })).json();
    if (!isObject(status) || !isObject(status["header"])) return false;
    return textAt(status, "leader") === textAt(status["header"], "member_id");
  } catch {
    return false;
  }
}
