import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { Cluster } from "./cluster.ts";
import { kithDone, makeKey } from "./kith.ts";
import { builtSites, compareSite } from "./site-files.ts";

let cluster: Cluster;

before(async () => {
  cluster = await Cluster.start(3);
  await makeKey(cluster);
});
after(() => cluster.close());

test("a front-end published on one node is served by the others, byte for byte", async () => {
  const [first, second, third] = cluster.nodes;
  assert.ok(first !== undefined && second !== undefined && third !== undefined);
  await kithDone(cluster.folder, first, ["account", "create", "swagger"]);
  await kithDone(cluster.folder, first, ["publish", builtSites.swagger, "--app", "swagger"]);
  await cluster.settled();
  await Promise.all(
    [second, third].map((node) => compareSite(node, "swagger", builtSites.swagger)),
  );
});

test("so is one of 25 MB", async () => {
  const [first, second, third] = cluster.nodes;
  assert.ok(first !== undefined && second !== undefined && third !== undefined);
  await kithDone(cluster.folder, second, ["account", "create", "monaco"]);
  await kithDone(cluster.folder, second, ["publish", builtSites.monaco, "--app", "monaco"]);
  await cluster.settled();
  await Promise.all([first, third].map((node) => compareSite(node, "monaco", builtSites.monaco)));
});

test("publishing again what is there already writes nothing", async () => {
  const [, , third] = cluster.nodes;
  assert.ok(third !== undefined);
  const earlier = await third.status();
  await kithDone(cluster.folder, third, ["publish", builtSites.swagger, "--app", "swagger"]);
  assert.equal((await third.status()).final?.num, earlier.final?.num);
});

test("a fourth node with an empty disk follows as an observer and serves everything", async () => {
  const observer = cluster.addObserver();
  observer.start();
  await observer.ready();
  const status = await observer.status();
  assert.equal(status.role, "observer");
  await cluster.settled([...cluster.nodes, observer]);
  await compareSite(observer, "swagger", builtSites.swagger);
  await compareSite(observer, "monaco", builtSites.monaco);

  // What is published on it goes to a leader, and it keeps following after a restart.
  await kithDone(cluster.folder, observer, ["account", "create", "from-obs"]);
  assert.equal(await observer.process.stop(), 0);
  await kithDone(cluster.folder, cluster.nodes[0] ?? observer, ["account", "create", "meanwhile"]);
  observer.start();
  await observer.ready();
  await cluster.settled([...cluster.nodes, observer]);
});
