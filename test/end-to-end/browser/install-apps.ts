import { join } from "node:path";

import type { Cluster } from "../cluster.ts";
import { writeGuideApp } from "../guide-app.ts";
import { kithDone, makeKey } from "../kith.ts";

/** Packages the fixtures' apps as their authors would, and installs them. */
export async function installApps(cluster: Cluster, names: readonly string[]): Promise<void> {
  await makeKey(cluster);
  for (const name of names)
    await installApp(cluster, name, join(import.meta.dirname, "apps", name));
  await cluster.settled();
}

/** Makes the app of the SDK's README, which is called `pledgebook`, and installs it. */
export async function installGuideApp(cluster: Cluster): Promise<void> {
  const folder = join(cluster.folder, "pledgebook");
  writeGuideApp(folder);
  const source = join(folder, "service/index.ts");
  const words = ["client", source, "--out", join(folder, "client.ts")];
  await kithDone(cluster.folder, nodeOf(cluster), words);
  await installApp(cluster, "pledgebook", folder);
  await cluster.settled();
}

async function installApp(cluster: Cluster, name: string, folder: string): Promise<void> {
  const node = nodeOf(cluster);
  await kithDone(cluster.folder, node, ["package", folder, "--out", cluster.folder]);
  await kithDone(cluster.folder, node, ["install", join(cluster.folder, `${name}-1.0.0.psi`)]);
}

function nodeOf({ nodes }: Cluster): Cluster["nodes"][number] {
  const [node] = nodes;
  if (node === undefined) throw new Error("a cluster has nodes");
  return node;
}
