import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

import type { Cluster } from "../cluster.ts";
import { kithDone } from "../kith.ts";

/** Paths, such as `index.html`, and what is in them. */
export type SiteFiles = Readonly<Record<string, string>>;

/** Makes an account and publishes files on it, as their author does; the cluster's folder has a key (`makeKey`). */
export async function publishSite(
  cluster: Cluster,
  account: string,
  files: SiteFiles,
  options: readonly string[] = [],
): Promise<void> {
  const [node] = cluster.nodes;
  if (node === undefined) throw new Error("a cluster has nodes");
  const folder = mkdtempSync(join(cluster.folder, `site-${account}-`));
  for (const [path, content] of Object.entries(files)) {
    const file = join(folder, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content);
  }
  await kithDone(cluster.folder, node, ["account", "create", account]);
  await kithDone(cluster.folder, node, ["publish", folder, "--app", account, ...options]);
  await cluster.settled();
}

/** A page whose only content is what its script does. */
export function pageWith(head: string, body = ""): string {
  return `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <title>A page under test</title>
    <link rel="icon" href="data:," />
    ${head}
  </head>
  <body><main><h1>A page under test</h1>${body}</main></body>
</html>
`;
}
