/** `bun run bench`: Kith beside etcd, nginx and three data formats, on this machine, in the same minutes. */
import { spawnSync } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { cpus, loadavg, tmpdir, totalmem } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";

import { benchBrowser } from "./browser/browser.ts";
import { formatBrowser } from "./browser/report-browser.ts";
import { startEtcd } from "./etcd-cluster.ts";
import { measureFailover } from "./failover.ts";
import { benchFlood } from "./flood.ts";
import { measureIdle } from "./idle.ts";
import { createAccounts, loadAccountOf } from "./kith-account.ts";
import { rootHost, startKith, type KithCluster } from "./kith-cluster.ts";
import { benchLightClient } from "./light-client.ts";
import { measureOrdering, type Contestant } from "./ordering.ts";
import { hasProgram } from "./processes.ts";
import { benchQueries } from "./queries.ts";
import {
  formatFailover,
  formatFlood,
  formatIdle,
  formatOrdering,
  formatQueries,
  formatStatic,
} from "./report.ts";
import { benchScale } from "./scale/scale.ts";
import { benchServices } from "./services.ts";
import { benchSnapshots, formatSnapshots } from "./snapshots.ts";
import { benchStatic } from "./static-bench.ts";

const etcdPort = 23_100;
const kithPort = 23_200;
const nginxPort = 23_300;
const bftPort = 23_240;
const queriesPort = 23_400;
const servicesPort = 23_500;
const clientCounts = [1, 16, 64];
const warmUpMs = 1000;
const idleMs = 20_000;
const settleMs = 5000;
const snapshotBytes = 500_000_000;
const snapshotRowBytes = [200, 2_000];

const sections = [
  "fracpack",
  "light",
  "idle",
  "static",
  "ordering",
  "bft",
  "flood",
  "queries",
  "services",
  "snapshots",
  "browser",
] as const;
/** Simulates for many minutes, and writes a file: only when it is asked for. */
const simulated = "scale";

const { values } = parseArgs({
  options: {
    only: { type: "string", default: sections.join(",") },
    rounds: { type: "string", default: "3" },
    seconds: { type: "string", default: "5" },
    base: { type: "string" },
    rows: { type: "string", default: "100000" },
  },
});
const rounds = Number(values.rounds);
const seconds = Number(values.seconds);
const wanted = new Set(values.only.split(","));

const folder = mkdtempSync(join(tmpdir(), "kith-bench-"));
// nginx gives up root's rights and still has to read its files.
chmodSync(folder, 0o755);
console.log(
  `${cpus().length} cores (${cpus()[0]?.model ?? "unknown"}), ${Math.round(totalmem() / 2 ** 30)} GiB; Bun ${Bun.version}; load ${loadavg()[0]?.toFixed(1)}`,
);
try {
  if (wanted.has("fracpack")) benchFracpack();
  if (wanted.has("light")) {
    const table = await benchLightClient({ folder, rounds });
    console.log(`\n# A light client: following changes of producers, and a header\n\n${table}`);
  }
  if (wanted.has("queries") && !missing(["taskset"])) {
    const results = await benchQueries({ folder, port: queriesPort, rounds, seconds });
    console.log(`\n# Queries beside blocks\n\n${formatQueries(results)}`);
  }
  if (wanted.has("services")) {
    const { base } = values;
    const rows = Number(values.rows);
    const port = servicesPort;
    await benchServices({ folder, port, base, rows, clientCounts, rounds, seconds });
  }
  if (wanted.has("snapshots")) {
    const sizes = snapshotRowBytes.map((rowBytes) => ({ rowBytes, totalBytes: snapshotBytes }));
    console.log(`\n# Snapshots\n\n${formatSnapshots(benchSnapshots(folder, sizes))}`);
  }
  if (wanted.has("browser")) {
    console.log(
      `\n# Pages, plugins and people\n\n${formatBrowser(await benchBrowser({ rounds }))}`,
    );
  }
  if (wanted.has(simulated)) await benchScale(folder);
  if (["idle", "static", "ordering", "flood"].some((section) => wanted.has(section)))
    await benchNodes();
  if (wanted.has("bft")) await benchBft();
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function benchFracpack(): void {
  console.log("\n# fracpack beside other formats\n");
  // The native part of cbor-x does not work with Bun.
  const env = { ...process.env, CBOR_NATIVE_ACCELERATION_DISABLED: "true" };
  const script = join(import.meta.dirname, "fracpack.ts");
  spawnSync(process.execPath, [script], { stdio: "inherit", env });
}

async function benchNodes(): Promise<void> {
  const kith = await startKith(folder, kithPort);
  try {
    if (wanted.has("idle")) await benchIdle(kith);
    if (wanted.has("static")) {
      if (missing(["nginx", "wrk"])) return;
      const results = await benchStatic({ folder, kith, nginxPort, rounds, seconds });
      console.log(`\n# Static files\n\n${formatStatic(results)}`);
    }
    if (wanted.has("ordering")) await benchOrdering(kith);
    if (wanted.has("flood")) {
      const results = await benchFlood({ folder, kith, rounds, seconds });
      console.log(`\n# Four accounts beside one that floods\n\n${formatFlood(results)}`);
    }
  } finally {
    await kith.stop();
  }
}

async function benchIdle(kith: KithCluster): Promise<void> {
  await Bun.sleep(settleMs);
  console.log(`\n# Three idle nodes for ${idleMs / 1000} s\n`);
  console.log(formatIdle(await measureIdle(kith.pids, idleMs)));
}

async function benchOrdering(kith: KithCluster): Promise<void> {
  if (missing(["etcd"])) return;
  const node = { rootHost, port: kith.leaderPort };
  const accounts = (await createAccounts(node, Math.max(...clientCounts))).map(loadAccountOf);
  const etcd = await startEtcd(folder, etcdPort);
  try {
    const port = etcd.leaderPort;
    const contestants: Contestant[] = [
      {
        name: "Kith",
        target: { kind: "kith", ...node, accounts },
        pids: kith.pids,
      },
      { name: "etcd, gRPC", target: { kind: "etcd-grpc", port }, pids: etcd.pids },
      { name: "etcd, HTTP", target: { kind: "etcd-http", port }, pids: etcd.pids },
    ];
    const plan = { clientCounts, rounds, warmUpMs, measuredMs: seconds * 1000 };
    console.log("\n# Signed transactions final on Kith, puts on etcd, 256 bytes each\n");
    console.log(formatOrdering(measureOrdering(contestants, plan)));
  } finally {
    await etcd.stop();
  }
}

/** Four producers that trust each other, four that do not, and three members of etcd. */
async function benchBft(): Promise<void> {
  if (missing(["etcd"])) return;
  const etcd = await startEtcd(folder, etcdPort);
  const networks = [
    { name: "Kith, BFT", port: bftPort, algorithm: "bft" },
    { name: "Kith, CFT", port: bftPort + 10, algorithm: "cft" },
  ] as const;
  const running: KithCluster[] = [];
  try {
    const contestants: Contestant[] = [];
    for (const { name, port, algorithm } of networks) {
      const kith = await startKith(folder, port, { nodes: 4, algorithm });
      running.push(kith);
      const node = { rootHost, port: kith.leaderPort };
      const accounts = (await createAccounts(node, Math.max(...clientCounts))).map(loadAccountOf);
      contestants.push({ name, target: { kind: "kith", ...node, accounts }, pids: kith.pids });
    }
    contestants.push({
      name: "etcd, gRPC",
      target: { kind: "etcd-grpc", port: etcd.leaderPort },
      pids: etcd.pids,
    });
    const plan = { clientCounts, rounds, warmUpMs, measuredMs: seconds * 1000 };
    console.log("\n# Four producers under BFT and under CFT, three members of etcd\n");
    console.log(formatOrdering(measureOrdering(contestants, plan)));
  } finally {
    await Promise.all([etcd, ...running].map((each) => each.stop()));
  }
  const failovers = [
    await measureFailover("bft", 4, rounds),
    await measureFailover("cft", 3, rounds),
  ];
  console.log(`\n# The leader is killed\n\n${formatFailover(failovers)}`);
}

/** Says what is not there and how to get it. */
function missing(programs: readonly string[]): boolean {
  const absent = programs.filter((program) => !hasProgram(program));
  const packages: Readonly<Record<string, string>> = {
    etcd: "etcd-server",
    taskset: "util-linux",
  };
  for (const program of absent) {
    const name = packages[program] ?? program;
    console.error(`NOT MEASURED: ${program} is not installed; on Debian: apt-get install ${name}`);
  }
  return absent.length > 0;
}
