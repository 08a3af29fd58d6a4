import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { Cluster } from "./cluster.ts";
import { CutTunnel } from "./cut-tunnel.ts";
import { kith, kithDone, makeKey } from "./kith.ts";
import { builtSites, compareSite } from "./site-files.ts";
import { Writer } from "./writer.ts";
import { checkAll, moreOf } from "./writers.ts";

/** So much of a publication has left its author when the leader is killed: well within it. */
const publishedBytes = 1024 * 1024;

let cluster: Cluster;

before(async () => {
  cluster = await Cluster.start(3);
  await makeKey(cluster);
});
after(() => cluster.close());

test("when the leader is killed while somebody publishes, nothing acknowledged is lost", async () => {
  const leader = await cluster.leader();
  const others = cluster.nodes.filter((node) => node !== leader);
  const [near] = others;
  assert.ok(near !== undefined);
  await kithDone(cluster.folder, near, ["account", "create", "monaco"]);

  const writers = others.map((node, index) => new Writer(`w${index}x`, [node]));
  for (const writer of writers) writer.start();
  await moreOf(writers, 3);
  const tunnel = await CutTunnel.open(near.port);
  const words = ["publish", builtSites.monaco, "--app", "monaco"];
  const publishing = kith(cluster.folder, tunnel, words);
  await Promise.race([tunnel.sent(publishedBytes), publishing.ended()]);
  assert.equal(publishing.status, undefined, publishing.output);
  await leader.process.kill();
  await moreOf(writers, 3);
  assert.notEqual(await cluster.leader(), leader);

  // Its own retries carried it over, or the same command does: it uploads only what is missing.
  if ((await publishing.ended()) !== 0) {
    await kithDone(cluster.folder, near, words);
  }
  await tunnel.close();
  assert.deepEqual(
    writers.flatMap(({ hung }) => hung),
    [],
  );
  leader.start();
  await cluster.ready();
  await Promise.all(writers.map((writer) => writer.stop()));
  await cluster.settled();

  await checkAll(writers, cluster.nodes);
  await Promise.all(cluster.nodes.map((node) => compareSite(node, "monaco", builtSites.monaco)));
});

test("when all nodes are killed at once, nothing acknowledged is lost", async () => {
  const writer = new Writer("all", cluster.nodes);
  writer.start();
  await moreOf(writer, 20);
  await Promise.all(cluster.nodes.map((node) => node.process.kill()));
  for (const node of cluster.nodes) node.start();
  await cluster.ready();
  await writer.stop();
  await cluster.settled();
  await checkAll(writer, cluster.nodes);
});
