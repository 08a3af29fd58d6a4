import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { after, test } from "node:test";

import { Cluster, settleMs, type ClusterNode } from "./cluster.ts";
import { killWhen } from "./kill-when.ts";
import { kithDone, makeKey } from "./kith.ts";
import { chainIdOf } from "./node-status.ts";
import { until } from "./until.ts";
import { Writer } from "./writer.ts";
import { checkAll, moreOf } from "./writers.ts";

const keptBlocks = 256;
/** The log is looked at every 256 blocks: at the second time there is something to drop. */
const blocksMade = 2 * 256 + 1;

let cluster: Cluster | undefined;
after(() => cluster?.close());

/** Kills it at each step of its way, and starts it again. */
async function killOnItsWay(node: ClusterNode): Promise<void> {
  const has = (name: string): boolean => existsSync(join(node.folder, name));
  const steps: readonly (readonly [what: string, isThere: () => boolean])[] = [
    ["began to fetch a state", () => has("incoming")],
    ["had all of a state", () => node.output.includes("has arrived, and is made ready")],
    ["made it ready", () => has("staged")],
    ["took it over", () => node.output.includes("goes on behind block")],
  ];
  for (const [at, [what]] of steps.entries()) {
    // Folders go again, and may do so between two looks: what follows shows as well that they were there.
    const signs = steps.slice(at);
    node.start();
    const isKilled = await killWhen(node.process, what, () => signs.some(([, is]) => is()));
    assert.ok(isKilled, node.output);
  }
}

test("under BFT, with logs that are kept short, a new node gets the state from several, also when it is killed meanwhile, and proves it to others", async () => {
  cluster = await Cluster.start(4, {
    algorithm: "bft",
    launches: (ports) =>
      Promise.resolve(ports.map(() => ({ options: { "keep-blocks": keptBlocks } }))),
  });
  const { nodes } = cluster;
  await makeKey(cluster);
  const writer = new Writer("trim", nodes);
  writer.start();
  await until("enough blocks are made", 4 * settleMs, async () => {
    const [first] = nodes;
    return ((await first?.status())?.final?.num ?? 0) >= blocksMade;
  });
  writer.pauseMs = 50;
  const late = cluster.addObserver();
  await killOnItsWay(late);
  late.start();
  await late.ready();
  await writer.stop();
  await cluster.settled([...nodes, late]);
  assert.match(late.output, /goes on behind block/, "it got a snapshot");
  // Under load it may have got several: of what comes before the last one it has no receipts.
  const behind = new Writer("more", [late]);
  behind.start();
  await moreOf(behind, 3);
  await behind.stop();
  await checkAll(behind, [late]);
  const chain = await chainIdOf(late);
  await kithDone(cluster.folder, late, ["verify", "header", "--chain", chain]);
});
