import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { Cluster } from "./cluster.ts";
import { request } from "./http-client.ts";
import { kithDone, makeKey } from "./kith.ts";
import { patiently } from "./patiently.ts";
import { builtSites, compareSite } from "./site-files.ts";
import { Writer } from "./writer.ts";
import { checkAll, moreOf } from "./writers.ts";

let cluster: Cluster;

before(async () => {
  cluster = await Cluster.start(4, { algorithm: "bft" });
  await makeKey(cluster);
});
after(() => cluster.close());

test("four nodes agree under bft: what is sent to one of them is on all, and each answers for all", async () => {
  const [first, second] = cluster.nodes;
  assert.ok(first !== undefined && second !== undefined);
  await kithDone(cluster.folder, first, ["account", "create", "alice"]);
  await kithDone(cluster.folder, second, ["publish", builtSites.monaco, "--app", "alice"]);
  for (const node of cluster.nodes) {
    // Each node finds out by itself how far everybody is, and then has all of it.
    const head = await patiently(node, "/common/head?wait_for=acknowledged");
    assert.equal(head.status, 200, await head.text());
    await compareSite(node, "alice", builtSites.monaco);
  }
  const told = await kithDone(cluster.folder, first, ["status"]);
  assert.match(told, /bft, term \d+, producers since block 1$/m);
  const listed = await kithDone(cluster.folder, first, ["producers", "list"]);
  assert.match(listed, /^bft: 3 of 4 have to run as they should, 1 may stop or lie$/m);
});

test("when the leader is killed the others go on, nothing acknowledged is lost, and it catches up", async (context) => {
  const leader = await cluster.leader();
  const others = cluster.nodes.filter((node) => node !== leader);
  const writer = new Writer("w", others);
  writer.start();
  await moreOf(writer, 20);
  const killedMs = performance.now();
  await leader.process.kill();
  await moreOf(writer, 1);
  context.diagnostic(
    `the next transaction was final after ${Math.round(performance.now() - killedMs)} ms`,
  );
  await moreOf(writer, 20);
  assert.notEqual(await cluster.leader(), leader);
  leader.start();
  await cluster.ready();
  await writer.stop();
  assert.deepEqual(writer.hung, []);
  await cluster.settled();
  await checkAll(writer, cluster.nodes);
});

test("a node that follows may be killed at any time, and without it the others need no more than a moment", async () => {
  const follower = await cluster.follower();
  const others = cluster.nodes.filter((node) => node !== follower);
  const writer = new Writer("f", others);
  writer.start();
  await moreOf(writer, 5);
  await follower.process.kill();
  await moreOf(writer, 20);
  follower.start();
  await follower.ready();
  await writer.stop();
  await cluster.settled();
  await checkAll(writer, [follower]);
});

test("when all nodes are killed at once, nothing acknowledged is lost", async () => {
  const writer = new Writer("all", cluster.nodes);
  writer.start();
  await moreOf(writer, 20);
  await Promise.all(cluster.nodes.map((node) => node.process.kill()));
  for (const node of cluster.nodes) node.start();
  await cluster.ready();
  await moreOf(writer, 5);
  await writer.stop();
  await cluster.settled();
  await checkAll(writer, cluster.nodes);
});

test("with two of four away nothing is acknowledged, and with one of them back everything goes on", async () => {
  const leader = await cluster.leader();
  const [one, two, near] = cluster.nodes.filter((node) => node !== leader);
  assert.ok(one !== undefined && two !== undefined && near !== undefined);
  const writer = new Writer("half", [near]);
  writer.start();
  await moreOf(writer, 3);
  await Promise.all([one.process.kill(), two.process.kill()]);
  const known = writer.acknowledged.length;
  const head = await request(near, "", "/common/head?wait_for=acknowledged");
  assert.equal(head.status, 503, "nobody can say what is acknowledged");
  // What was final when they were killed may still be told.
  assert.ok(writer.acknowledged.length <= known + 1);
  one.start();
  await moreOf(writer, 3);
  two.start();
  await cluster.ready();
  await writer.stop();
  await cluster.settled();
  await checkAll(writer, cluster.nodes);
});
