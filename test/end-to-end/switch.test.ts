import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";

import { dataFiles } from "@kith/node/data-folder";

import { Cluster, settleMs } from "./cluster.ts";
import { kithDone, makeKey } from "./kith.ts";
import { readProducers } from "./node-status.ts";
import { PauseMeter } from "./pause-meter.ts";
import { until } from "./until.ts";
import { Writer } from "./writer.ts";
import { checkAll, moreOf } from "./writers.ts";

const writerCount = 4;

test("producers change from CFT to BFT and back while people write, and nothing acknowledged is lost", async (context) => {
  const cluster = await Cluster.start(4);
  const writers = Array.from(
    { length: writerCount },
    (_, at) => new Writer(`s${at}x`, cluster.nodes),
  );
  const meter = new PauseMeter(writers);
  try {
    await makeKey(cluster);
    for (const writer of writers) writer.start();
    await moreOf(writers, 5);
    meter.takeMs();
    await moreOf(writers, 5);
    const pausesMs = [meter.takeMs()];
    for (const algorithm of ["bft", "cft", "bft", "cft"]) {
      await changeTo(cluster, algorithm);
      await moreOf(writers, 5);
      pausesMs.push(meter.takeMs());
    }
    await Promise.all(writers.map((writer) => writer.stop()));
    context.diagnostic(
      `longest pause before any change, and with each of the four: ${pausesMs.join(", ")} ms`,
    );
    assert.deepEqual(
      writers.flatMap(({ hung }) => hung),
      [],
    );
    await cluster.settled();
    await checkAll(writers, cluster.nodes);
  } finally {
    meter.stop();
    await cluster.close();
  }
});

/** Every node works by it, and no change is under way. */
async function changeTo(cluster: Cluster, algorithm: string): Promise<void> {
  const [first] = cluster.nodes;
  assert.ok(first !== undefined);
  const owner = join(first.folder, dataFiles.ownerKey);
  const words = ["producers", "set", "--algorithm", algorithm, "--key", owner];
  await kithDone(cluster.folder, first, words);
  for (const node of cluster.nodes) {
    await until(`${node.name} works by ${algorithm}`, settleMs, async () => {
      const { current, next } = await readProducers(node);
      return current.algorithm === algorithm && next === undefined;
    });
  }
  const listed = await kithDone(cluster.folder, first, ["producers", "list"]);
  assert.ok(listed.startsWith(`${algorithm}:`) && !listed.includes("under way"), listed);
}
