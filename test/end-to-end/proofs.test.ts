import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { accountNameConstant } from "@kith/protocol/names";
import { headerOfAnswer, verifyRow } from "@kith/sdk/proof";
import { table } from "@kith/sdk/table";
import { account, bool } from "@kith/sdk/types";

import { Cluster, type ClusterNode } from "./cluster.ts";
import { request } from "./http-client.ts";
import { kithDone, makeKey } from "./kith.ts";

let cluster: Cluster;

before(async () => {
  cluster = await Cluster.start(3);
  await makeKey(cluster);
});
after(() => cluster.close());

/** As `accounts` declares it: what a client of that service has in its own code. */
const accounts = table(
  "accounts",
  { name: account, authService: account, locked: bool },
  { key: ["name"] },
);

async function jsonOf(node: ClusterNode, path: string): Promise<Record<string, unknown>> {
  const answer = await request(node, "", path);
  const json: unknown = await answer.json();
  assert.ok(answer.ok && typeof json === "object" && json !== null, JSON.stringify(json));
  return { ...json };
}

function rowOf(node: ClusterNode, name: string): Promise<Record<string, unknown>> {
  const key = encodeURIComponent(JSON.stringify({ name }));
  return jsonOf(node, `/common/proof/row?service=accounts&table=accounts&key=${key}`);
}

/** What an answer proves, by the header in it; whether that is the network's, the other nodes say. */
function provedBy(answer: Record<string, unknown>, name: string): readonly unknown[] {
  const header = headerOfAnswer(answer);
  assert.ok(header.ok, header.ok ? "" : header.error.code);
  const key = { name: accountNameConstant(name) };
  const question = {
    service: accountNameConstant("accounts"),
    table: accounts,
    tableNumber: 0,
    key,
  };
  const row = verifyRow(question, answer, header.value.header.stateRoot);
  assert.ok(row.ok, row.ok ? "" : row.error.code);
  return [header.value.id, row.value?.authService];
}

test("every node proves a row, and that there is none, under a header that all of them have", async () => {
  const [first] = cluster.nodes;
  assert.ok(first !== undefined);
  await kithDone(cluster.folder, first, ["account", "create", "alice-one"]);
  await kithDone(cluster.folder, first, ["account", "create", "bob-two"]);
  await cluster.settled();
  const proved = await Promise.all(
    cluster.nodes.map(async (node) => [
      provedBy(await rowOf(node, "alice-one"), "alice-one"),
      provedBy(await rowOf(node, "nobody"), "nobody"),
    ]),
  );
  for (const ofNode of proved) assert.deepEqual(ofNode, proved[0]);
  const [[ofAlice, ofNobody] = []] = proved;
  assert.deepEqual([ofAlice?.[1], ofNobody?.[1]], ["auth-sig", undefined]);
});

test("a node that is killed and comes back proves rows again, under a header as soon as there is one", async () => {
  const node = await cluster.follower();
  await node.process.kill();
  node.start();
  await node.ready();
  const early = await rowOf(node, "alice-one");
  assert.equal(early["header"] === null || provedBy(early, "alice-one")[1] === "auth-sig", true);
  const page = await jsonOf(node, "/common/events?service=accounts");
  const status = await node.status();
  assert.deepEqual(page, {
    events: [],
    next: null,
    oldest: 1,
    newest: status.executed?.num,
    gaps: [],
  });
  await kithDone(cluster.folder, node, ["account", "create", "carol-3"]);
  await kithDone(cluster.folder, node, ["account", "create", "dave-4"]);
  await cluster.settled();
  assert.equal(provedBy(await rowOf(node, "alice-one"), "alice-one")[1], "auth-sig");
});
