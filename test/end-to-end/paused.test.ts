import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { Cluster, settleMs } from "./cluster.ts";
import { kithDone, makeKey } from "./kith.ts";
import { builtSites, compareSite } from "./site-files.ts";
import { until } from "./until.ts";
import { Writer } from "./writer.ts";
import { checkAll, moreOf } from "./writers.ts";

let cluster: Cluster;

before(async () => {
  cluster = await Cluster.start(3);
  await makeKey(cluster);
});
after(() => cluster.close());

test("a follower that stood still catches up and serves what it missed", async () => {
  const follower = await cluster.follower();
  const others = cluster.nodes.filter((node) => node !== follower);
  const [near] = others;
  assert.ok(near !== undefined);
  follower.process.signal("SIGSTOP");
  await kithDone(cluster.folder, near, ["account", "create", "swagger"]);
  await kithDone(cluster.folder, near, ["publish", builtSites.swagger, "--app", "swagger"]);
  await cluster.settled(others);
  follower.process.signal("SIGCONT");
  await cluster.settled();
  await compareSite(follower, "swagger", builtSites.swagger);
});

test("a leader that stood still follows the new one, and nothing acknowledged is lost", async () => {
  const leader = await cluster.leader();
  const others = cluster.nodes.filter((node) => node !== leader);
  const writer = new Writer("w", others);
  writer.start();
  await moreOf(writer, 3);
  leader.process.signal("SIGSTOP");
  await until("the others have a leader of their own", settleMs, async () => {
    const all = await Promise.all(others.map((node) => node.status()));
    return all.some(({ role }) => role === "leader");
  });
  await moreOf(writer, 3);
  leader.process.signal("SIGCONT");
  await cluster.ready();
  await writer.stop();
  await cluster.settled();
  await checkAll(writer, cluster.nodes);
});
