import assert from "node:assert/strict";
import { after, test } from "node:test";

import { Cluster, settleMs, type ClusterNode } from "./cluster.ts";
import { request } from "./http-client.ts";
import { kithDone, makeKey } from "./kith.ts";
import { until } from "./until.ts";
import { checkAcknowledged, Writer } from "./writer.ts";

const keptBlocks = 256;
/** The log is looked at every 256 blocks: at the second time there is something to drop. */
const blocksMade = 2 * 256 + 1;

let cluster: Cluster | undefined;
after(() => cluster?.close());

/** Kills it at any moment of its way, and starts it again. */
async function killOnItsWay(node: ClusterNode): Promise<void> {
  for (const delayMs of [900, 1_300, 1_700, 2_100]) {
    node.start();
    await new Promise((resolve) => setTimeout(resolve, delayMs));
    await node.process.kill();
  }
}

test("under BFT, with logs that are kept short, a new node gets the state from several, also when it is killed meanwhile, and proves it to others", async () => {
  cluster = await Cluster.start(4, {
    network: { algorithm: "bft" },
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
  await until("more is acknowledged", settleMs, () => behind.acknowledged.length >= 3);
  await behind.stop();
  for (const promised of behind.acknowledged) await checkAcknowledged(late, promised);
  const chain = JSON.parse(await (await request(late, "", "/common/chainid")).text()) as string;
  await kithDone(cluster.folder, late, ["verify", "header", "--chain", chain]);
});
