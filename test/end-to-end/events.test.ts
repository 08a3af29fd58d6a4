import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { after, before, test } from "node:test";

import { parseTransactionId } from "@kith/protocol/ids";
import { accountNameConstant } from "@kith/protocol/names";
import { merkleEvent } from "@kith/sdk/event";
import { headerOfAnswer, verifyEvent } from "@kith/sdk/proof";
import { str, u32 } from "@kith/sdk/types";

import { Cluster, type ClusterNode } from "./cluster.ts";
import { request } from "./http-client.ts";
import { kithDone, makeKey } from "./kith.ts";

let cluster: Cluster;

before(async () => {
  cluster = await Cluster.start(3);
  await makeKey(cluster);
});
after(() => cluster.close());

const herald = accountNameConstant("herald-app");
const decreed = merkleEvent("decreed", { number: u32, text: str });

const source = `
import { historyEvent, merkleEvent } from "@kith/sdk/event";
import { action, service } from "@kith/sdk/service";
import { nothing } from "@kith/sdk/signature";
import { str, u32 } from "@kith/sdk/types";

const rumoured = historyEvent("rumoured", { number: u32, text: str }, { indexes: ["text"] });
const decreed = merkleEvent("decreed", { number: u32, text: str }, { indexes: ["number"] });

export default service("herald-app", {
  tables: [],
  events: [rumoured, decreed],
  actions: {
    announce: action({ from: u32, times: u32 }, nothing, (context, { from, times }) => {
      for (let number = from; number < from + times; number++) {
        context.emit(rumoured, { number, text: number % 2 === 0 ? "even" : "odd" });
        context.emit(decreed, { number, text: "be it known" });
      }
    }),
  },
});
`;

/** Installs a version whose script announces three more things. */
async function announce(node: ClusterNode, version: string, from: number): Promise<void> {
  const folder = join(cluster.folder, "apps", `herald-${version}`);
  const data = { from, times: 3 };
  const postinstall = [{ sender: herald, service: herald, method: "announce", data }];
  const files = {
    "kith.json": JSON.stringify({ name: herald, version, postinstall }),
    "service/index.ts": source,
  };
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
  const words = ["package", folder, "--out", cluster.folder, "--json"];
  const made: unknown = JSON.parse(await kithDone(cluster.folder, node, words));
  assert.ok(typeof made === "object" && made !== null && "path" in made);
  await kithDone(cluster.folder, node, ["install", String(made.path)]);
}

type Listed = {
  readonly sequence: string;
  readonly transactionId: string;
  readonly data: { readonly number: number };
  readonly merkle?: { readonly index: number };
};

async function listed(node: ClusterNode, query: string): Promise<readonly Listed[]> {
  const answer = await request(node, "", `/common/events?service=${herald}${query}`);
  const page = (await answer.json()) as { readonly events: readonly Listed[] };
  assert.equal(answer.status, 200, JSON.stringify(page));
  return page.events;
}

const numbersOf = (events: readonly Listed[]): readonly number[] =>
  events.map(({ data }) => data.number);

/** The number that the event's proof shows, by headers of the network alone. */
async function provedNumber(node: ClusterNode, event: Listed): Promise<readonly unknown[]> {
  const id = parseTransactionId(event.transactionId);
  assert.ok(id.ok && event.merkle !== undefined);
  const path = `/common/proof/event/${id.value}/${event.merkle.index}`;
  const answer: unknown = await (await request(node, "", path)).json();
  const header = headerOfAnswer(answer);
  assert.ok(header.ok, JSON.stringify(answer));
  const question = { service: herald, event: decreed, transactionId: id.value };
  const verified = verifyEvent(question, answer, header.value.header.eventRoot);
  assert.ok(verified.ok);
  return [header.value.id, verified.value.value.number];
}

test("what an app emits is found on every node by its indexes, and proved by each under the same header", async () => {
  const [first] = cluster.nodes;
  assert.ok(first !== undefined);
  await announce(first, "1.0.0", 1);
  await announce(first, "1.1.0", 11);
  await cluster.settled();
  const all = await listed(first, "");
  assert.equal(all.length, 12);
  for (const node of cluster.nodes) {
    assert.deepEqual(await listed(node, ""), all);
    const odd = await listed(node, "&event=rumoured&index=text&value=odd");
    assert.deepEqual(numbersOf(odd), [1, 3, 11, 13]);
    const newest = await listed(node, "&event=decreed&reverse=true&limit=2");
    assert.deepEqual(numbersOf(newest), [13, 12]);
    const [behind] = await listed(node, `&after=${all[7]?.sequence}&limit=1`);
    assert.deepEqual(behind, all[8]);
  }
  // The header is one that another block has made since: that of an account's.
  await kithDone(cluster.folder, first, ["account", "create", "meanwhile"]);
  await cluster.settled();
  for (const event of all.filter(({ merkle }) => merkle !== undefined)) {
    const proved = await Promise.all(cluster.nodes.map((node) => provedNumber(node, event)));
    for (const ofNode of proved) assert.deepEqual(ofNode, [proved[0]?.[0], event.data.number]);
  }
});

test("a node that is killed has every event once when it is back, and those that came meanwhile", async () => {
  const leader = await cluster.leader();
  const node = cluster.otherThan(leader);
  await node.process.kill();
  await announce(leader, "1.2.0", 21);
  node.start();
  await node.ready();
  await cluster.settled();
  const events = await listed(node, "&event=decreed");
  assert.deepEqual(numbersOf(events), [1, 2, 3, 11, 12, 13, 21, 22, 23]);
  assert.deepEqual(await listed(node, ""), await listed(leader, ""));
  await kithDone(cluster.folder, node, ["account", "create", "and-then"]);
  await cluster.settled();
  const [first] = events;
  assert.ok(first !== undefined);
  assert.equal((await provedNumber(node, first))[1], 1);
});

test("what is not there has codes", async () => {
  const [node] = cluster.nodes;
  assert.ok(node !== undefined);
  const codeOf = async (path: string): Promise<unknown> => {
    const answer = await request(node, "", path);
    const { code } = (await answer.json()) as { readonly code?: unknown };
    return [answer.status, code];
  };
  const events = `/common/events?service=${herald}`;
  assert.deepEqual(await codeOf("/common/events?service=nobody-0"), [404, "service-unknown"]);
  assert.deepEqual(await codeOf(`${events}&event=denied`), [404, "event-undeclared"]);
  const index = "&event=decreed&index=number&value=x";
  assert.deepEqual(await codeOf(`${events}${index}`), [400, "index-value-malformed"]);
  const unknown = `/common/proof/event/${"00".repeat(32)}/0`;
  assert.deepEqual(await codeOf(unknown), [404, "event-unknown"]);
});
