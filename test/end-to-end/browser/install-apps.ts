import { join } from "node:path";

import type { Cluster } from "../cluster.ts";
import { kithDone, makeKey } from "../kith.ts";

/** Packages the fixtures' apps as their authors would, and installs them. */
export async function installApps(cluster: Cluster, names: readonly string[]): Promise<void> {
  const [node] = cluster.nodes;
  if (node === undefined) throw new Error("a cluster has nodes");
  await makeKey(cluster);
  for (const name of names) {
    const folder = join(import.meta.dirname, "apps", name);
    await kithDone(cluster.folder, node, ["package", folder, "--out", cluster.folder]);
    await kithDone(cluster.folder, node, ["install", join(cluster.folder, `${name}-1.0.0.psi`)]);
  }
  await cluster.settled();
}
