import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import type { Cluster } from "../cluster.ts";
import { writeGuideApp } from "../guide-app.ts";
import { kithDone, makeKey } from "../kith.ts";

const apps = join(import.meta.dirname, "apps");

/** Packages the fixtures' apps as their authors would, and installs them. */
export async function installApps(cluster: Cluster, names: readonly string[]): Promise<void> {
  await makeKey(cluster);
  for (const name of names) await installFolder(cluster, join(apps, name), `${name}-1.0.0`);
  await cluster.settled();
}

/** Makes the app of the SDK's README, which is called `pledgebook`, and installs it. */
export async function installGuideApp(cluster: Cluster): Promise<void> {
  const folder = join(cluster.folder, "pledgebook");
  writeGuideApp(folder);
  const source = join(folder, "service/index.ts");
  const words = ["client", source, "--out", join(folder, "client.ts")];
  await kithDone(cluster.folder, nodeOf(cluster), words);
  await installFolder(cluster, folder, "pledgebook-1.0.0");
  await cluster.settled();
}

/** The board of this repository. Somebody has a key already. */
export async function installBoard(cluster: Cluster): Promise<void> {
  await installFolder(cluster, "apps/board", "board-0.1.0");
  await cluster.settled();
}

/** In this file one text is another one. */
type Change = { readonly path: string; readonly from: string; readonly to: string };

/** Installs the next version of a fixture's app. */
export async function upgradeApp(
  cluster: Cluster,
  name: string,
  changes: readonly Change[],
): Promise<void> {
  const copies = join(cluster.folder, "upgraded");
  cpSync(apps, copies, { recursive: true });
  const folder = join(copies, name);
  const version = { path: "package.json", from: '"version": "1.0.0"', to: '"version": "1.1.0"' };
  for (const { path, from, to } of [version, ...changes]) {
    const text = readFileSync(join(folder, path), "utf8");
    if (!text.includes(from)) throw new Error(`${path} of ${name} has no ${from}`);
    writeFileSync(join(folder, path), text.replace(from, to));
  }
  await installFolder(cluster, folder, `${name}-1.1.0`);
  await cluster.settled();
}

/** `packaged`: name and version. */
async function installFolder(cluster: Cluster, folder: string, packaged: string): Promise<void> {
  const node = nodeOf(cluster);
  await kithDone(cluster.folder, node, ["package", folder, "--out", cluster.folder]);
  await kithDone(cluster.folder, node, ["install", join(cluster.folder, `${packaged}.psi`)]);
}

function nodeOf({ nodes }: Cluster): Cluster["nodes"][number] {
  const [node] = nodes;
  if (node === undefined) throw new Error("a cluster has nodes");
  return node;
}
