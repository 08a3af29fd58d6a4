import { join } from "node:path";

import { Child } from "./child.ts";
import { rootHost, type NodeAddress } from "./http-client.ts";

/** The `kith` command of somebody whose keys are in `folder`, speaking to one node. */
export function kith(folder: string, node: NodeAddress, words: readonly string[]): Child {
  return new Child(`kith ${words.join(" ")}`, ["server/cli/main.ts", ...words], {
    KITH_NODE: `http://${rootHost}:${node.port}`,
    KITH_HOME: join(folder, "home"),
  });
}

/** What somebody does once: a key, which accounts then belong to. */
export async function makeKey({ folder, nodes }: KeyOwner): Promise<void> {
  const [node] = nodes;
  if (node === undefined) throw new Error("a cluster has nodes");
  await kithDone(folder, node, ["key", "new"]);
}

type KeyOwner = { readonly folder: string; readonly nodes: readonly NodeAddress[] };

/** Runs it to its end; throws with everything it said when it fails. */
export async function kithDone(
  folder: string,
  node: NodeAddress,
  words: readonly string[],
): Promise<string> {
  const child = kith(folder, node, words);
  const status = await child.ended();
  if (status !== 0) throw new Error(`${child.name} ended with ${status}:\n${child.output}`);
  return child.output;
}
