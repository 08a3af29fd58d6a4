import assert from "node:assert/strict";
import { cpSync, rmSync } from "node:fs";
import { test } from "node:test";

import { Cluster, settleMs } from "./cluster.ts";
import { kithDone, makeKey } from "./kith.ts";
import { until } from "./until.ts";
import { Writer } from "./writer.ts";
import { checkAll, moreOf } from "./writers.ts";

for (const { algorithm, count } of [
  { algorithm: "bft", count: 4 },
  { algorithm: "cft", count: 3 },
] as const) {
  test(`under ${algorithm} a producer in an old copy of its folder only follows, then takes part again, and nobody can accuse it`, async () => {
    const cluster = await Cluster.start(count, { algorithm });
    try {
      await makeKey(cluster);
      const node = await cluster.follower();
      const others = cluster.nodes.filter((each) => each !== node);
      const backup = `${node.folder}.backup`;
      const writer = new Writer("w", others);
      writer.start();
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
      assert.match(node.output, /takes part again/);
      await moreOf(writer, 3);

      // Without its word there is no quorum now.
      const [gone, stays] = others;
      assert.ok(gone !== undefined && stays !== undefined);
      await gone.process.kill();
      const rest = cluster.nodes.filter((each) => each !== gone);
      const second = new Writer("v", rest);
      second.start();
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
    } finally {
      await cluster.close();
    }
  });
}

test("a second process with a producer's key gets no link while the first lives, says why, and nobody else notices", async () => {
  const cluster = await Cluster.start(3);
  try {
    const [first, ...others] = cluster.nodes;
    assert.ok(first !== undefined);
    const peers = others.map(({ port }) => `ws://127.0.0.1:${port}/p2p`).join(",");
    const clone = cluster.addNode("clone", { peers });
    await first.process.kill();
    cpSync(first.folder, clone.folder, { recursive: true });
    first.start();
    await cluster.ready();
    const writer = new Writer("w", cluster.nodes);
    writer.start();
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
  } finally {
    await cluster.close();
  }
});

test("when all producers are put back from backups they say why nobody leads, and go on when their operators say so", async () => {
  const cluster = await Cluster.start(3);
  try {
    await makeKey(cluster);
    const writer = new Writer("w", cluster.nodes);
    writer.start();
    await moreOf(writer, 3);
    await writer.stop();
    await cluster.settled();
    await Promise.all(cluster.nodes.map((node) => node.process.kill()));
    for (const { folder } of cluster.nodes) {
      cpSync(folder, `${folder}.backup`, { recursive: true });
      rmSync(folder, { recursive: true });
      cpSync(`${folder}.backup`, folder, { recursive: true });
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
    const second = new Writer("v", cluster.nodes);
    second.start();
    await moreOf(second, 3);
    await second.stop();
    // Their last blocks are final once more as soon as a leader of theirs has a block of its own term.
    await cluster.settled();
    await checkAll([writer, second], cluster.nodes);
  } finally {
    await cluster.close();
  }
});
