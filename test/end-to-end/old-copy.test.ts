import assert from "node:assert/strict";
import { cpSync, rmSync } from "node:fs";
import { after, before, describe, test } from "node:test";

import { Cluster, settleMs, type ClusterNode } from "./cluster.ts";
import { kithDone, makeKey } from "./kith.ts";
import { until } from "./until.ts";
import { Writer } from "./writer.ts";
import { checkAll, moreOf } from "./writers.ts";

/** Somebody who writes now and then. */
function unhurried(prefix: string, nodes: readonly ClusterNode[]): Writer {
  const writer = new Writer(prefix, nodes);
  writer.pauseMs = 50;
  writer.start();
  return writer;
}

/** Puts one producer back while people write, and lets another one go. */
async function putBackOne(cluster: Cluster): Promise<void> {
  const node = await cluster.follower();
  const others = cluster.nodes.filter((each) => each !== node);
  const backup = `${node.folder}.backup`;
  const writer = unhurried("w", others);
  await moreOf(writer, 3);
  await node.process.kill();
  cpSync(node.folder, backup, { recursive: true, preserveTimestamps: true });
  node.start();
  await node.ready();
  await moreOf(writer, 10);
  await node.process.kill();
  rmSync(node.folder, { recursive: true });
  cpSync(backup, node.folder, { recursive: true, preserveTimestamps: true });
  node.start();
  await node.ready();
  assert.match(node.output, /log\.db is a copy/);
  await until("it takes part again", settleMs, async () => {
    const { memory, role } = await node.status();
    return memory === undefined && role !== "observer";
  });
  await until("it has said so", settleMs, () => /takes part again/.test(node.output));
  await moreOf(writer, 3);
  await needThatOne(cluster, node, writer);
}

/** Without its word there is no quorum when another one is away. */
async function needThatOne(cluster: Cluster, node: ClusterNode, writer: Writer): Promise<void> {
  const gone = cluster.nodes.find((each) => each !== node);
  assert.ok(gone !== undefined);
  await gone.process.kill();
  const rest = cluster.nodes.filter((each) => each !== gone);
  const second = unhurried("v", rest);
  await moreOf(second, 5);
  gone.start();
  await cluster.ready();
  await writer.stop();
  await second.stop();
  await cluster.settled();
  await checkAll([writer, second], cluster.nodes);
  for (const each of cluster.nodes) {
    assert.deepEqual((await each.status()).evidence, []);
  }
  assert.doesNotMatch(await kithDone(cluster.folder, node, ["status"]), /MEMORY/);
}

test("under bft a producer in an old copy of its folder only follows, then takes part again, and nobody can accuse it", async () => {
  const cluster = await Cluster.start(4, { algorithm: "bft" });
  try {
    await makeKey(cluster);
    await putBackOne(cluster);
  } finally {
    await cluster.close();
  }
});

describe("under cft", () => {
  let cluster: Cluster;
  before(async () => {
    cluster = await Cluster.start(3);
    await makeKey(cluster);
  });
  after(() => cluster.close());

  test("a producer in an old copy of its folder does so as well", () => putBackOne(cluster));

  test("a second process with a producer's key gets no link while the first lives, says why, and nobody else notices", async () => {
    const [first, ...others] = cluster.nodes;
    assert.ok(first !== undefined);
    const peers = others.map(({ port }) => `ws://127.0.0.1:${port}/p2p`).join(",");
    const clone = cluster.addNode("clone", { peers });
    await first.process.kill();
    cpSync(first.folder, clone.folder, { recursive: true });
    first.start();
    await cluster.ready();
    const writer = unhurried("k", cluster.nodes);
    await moreOf(writer, 3);
    clone.start();
    await until("the second process is told", settleMs, () =>
      /another process with this node's key is linked/.test(clone.output),
    );
    await moreOf(writer, 10);
    const { role, memory } = await clone.status();
    assert.deepEqual({ role, memory }, { role: "observer", memory: "unknown" });
    assert.ok(others.some(({ output }) => output.includes("refused a link: another process")));
    await writer.stop();
    assert.deepEqual(writer.hung, []);
    await checkAll(writer, [first]);
    assert.doesNotMatch(first.output, /another process/);
    await clone.process.kill();
  });

  test("when all producers are put back from backups they say why nobody leads, and go on when their operators say so", async () => {
    const writer = unhurried("b", cluster.nodes);
    await moreOf(writer, 3);
    await writer.stop();
    await cluster.settled();
    await Promise.all(cluster.nodes.map((node) => node.process.kill()));
    for (const { folder } of cluster.nodes) {
      cpSync(folder, `${folder}.kept`, { recursive: true });
      rmSync(folder, { recursive: true });
      cpSync(`${folder}.kept`, folder, { recursive: true });
    }
    for (const node of cluster.nodes) node.start();
    const [first] = cluster.nodes;
    assert.ok(first !== undefined);
    await until("they ask each other", settleMs, async () => {
      const all = await Promise.all(cluster.nodes.map((node) => node.status()));
      return all.every(({ memory, role }) => memory === "unknown" && role === "observer");
    });
    assert.match(await kithDone(cluster.folder, first, ["status"]), /MEMORY .*--trust-folder/);
    await Promise.all(cluster.nodes.map((node) => node.process.kill()));
    for (const node of cluster.nodes) node.start(["--trust-folder"]);
    await cluster.ready();
    const second = unhurried("c", cluster.nodes);
    await moreOf(second, 3);
    await second.stop();
    // Their last blocks are final once more as soon as a leader of theirs has a block of its own term.
    await cluster.settled();
    await checkAll([writer, second], cluster.nodes);
  });
});
