import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { subscribe, type LivePort } from "@kith/sdk/live";
import { liveQueryOf, rowsOf } from "@kith/sdk/live-interests";
import { z } from "zod";

import { Cluster, settleMs, type ClusterNode } from "./cluster.ts";
import { CutTunnel } from "./cut-tunnel.ts";
import { request, rootHost } from "./http-client.ts";
import { kithDone, makeKey } from "./kith.ts";
import { until } from "./until.ts";

let cluster: Cluster;
let node: ClusterNode;

before(async () => {
  cluster = await Cluster.start(1);
  node = cluster.only;
  await makeKey(cluster);
});
after(() => cluster.close());

const row = z.object({ name: z.string(), authService: z.string() });
const answer = z.object({
  data: z.object({
    block: z.object({ num: z.number() }),
    accounts: z.object({ nodes: z.array(row) }),
  }),
});
const accountsQuery = `{ block { num } accounts(nameFrom: "live0", nameTo: "livf") { nodes { name authService } } }`;

/** As a program on this machine would have it, but for the names, which not every resolver knows. */
function portTo(at: number): LivePort<AbortSignal> {
  return {
    fetch: (url, { headers, signal }) => {
      const { host, pathname, search } = new URL(url);
      return fetch(`http://127.0.0.1:${at}${pathname}${search}`, {
        headers: { ...headers, host },
        signal,
      });
    },
    after: (ms, run) => {
      const timer = setTimeout(run, ms);
      return () => clearTimeout(timer);
    },
    random: () => Math.random(),
  };
}

async function makeAccount(name: string): Promise<void> {
  await kithDone(cluster.folder, node, ["account", "create", name]);
}

test("GraphQL of a service without a handler: its schema, and rows by key and by range", async () => {
  await makeAccount("plain");
  const sdl = await (await request(node, "accounts", "/graphql")).text();
  assert.match(sdl, /accountsByKey\(name: AccountNumber!\): Accounts/);
  const query = `{ accountsByKey(name: "plain") { name authService } }`;
  const reply = await request(node, "accounts", "/graphql", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ query }),
  });
  assert.equal(
    reply.headers.get("content-type"),
    "application/graphql-response+json; charset=utf-8",
  );
  assert.deepEqual(await reply.json(), {
    data: { accountsByKey: { name: "plain", authService: "auth-sig" } },
  });
});

test("a block's change reaches listeners with the block, and through killed connections none is lost", async () => {
  const tunnel = await CutTunnel.open(node.port);
  const ending = new AbortController();
  const [told, resets, breaks] = [new Map<string, number>(), [] as number[], [] as string[]];
  let live: z.infer<typeof answer>["data"] | undefined;
  let isReady = false;
  const done = subscribe(`http://accounts.${rootHost}:${node.port}`, {
    port: portTo(tunnel.port),
    signal: ending.signal,
    delayMs: () => 20,
    interests: [
      rowsOf({
        table: "accounts",
        parse: (json) => row.parse(json),
        onChange: ({ block, row: account }) => {
          if (account !== undefined) told.set(account.name, block);
        },
      }),
      liveQueryOf({
        query: accountsQuery,
        parse: (json) => answer.parse(json).data,
        onAnswer: (given) => {
          if ("body" in given) live = given.body;
        },
      }),
    ],
    onReady: () => {
      isReady = true;
    },
    onReset: (block) => void resets.push(block),
    onBreak: ({ code }) => breaks.push(code),
  });
  await until("the stream begins", settleMs, () => isReady);

  await makeAccount("live0");
  const status = await node.status();
  await until("the row is told", settleMs, () => told.has("live0"));
  assert.equal(told.get("live0"), status.final?.num);
  await until("the live query is answered anew", settleMs, () =>
    live?.accounts.nodes.some(({ name }) => name === "live0"),
  );

  const names = Array.from({ length: 6 }, (_, at) => `live${at + 1}`);
  for (const name of names) {
    tunnel.cut();
    await makeAccount(name);
  }
  await until("all rows are told", settleMs, () => names.every((name) => told.has(name)));
  await until("the live query has all of them", settleMs, () =>
    names.every((name) => live?.accounts.nodes.some((account) => account.name === name) === true),
  );
  assert.deepEqual(resets, []);
  assert.ok(breaks.length > 0);

  ending.abort();
  assert.deepEqual(await done, { ok: true, value: undefined });
  await tunnel.close();
});

test("a node that stops ends its streams and its process, and its listeners find it again", async () => {
  const ending = new AbortController();
  const [readies, resets, breaks] = [[] as number[], [] as number[], [] as string[]];
  const told = new Set<string>();
  const done = subscribe(`http://accounts.${rootHost}:${node.port}`, {
    port: portTo(node.port),
    signal: ending.signal,
    delayMs: () => 50,
    interests: [
      rowsOf({
        table: "accounts",
        parse: (json) => row.parse(json),
        onChange: ({ row: account }) => void told.add(account?.name ?? ""),
      }),
    ],
    onReady: (block) => void readies.push(block),
    onReset: (block) => void resets.push(block),
    onBreak: ({ code }) => breaks.push(code),
  });
  await until("the stream begins", settleMs, () => readies.length > 0);
  assert.equal(await node.process.stop(), 0);
  node.start();
  await node.ready();
  await until("the stream goes on", settleMs, () => readies.length + resets.length > 1);
  assert.equal(breaks[0], "ended");
  await makeAccount("again");
  await until("the row is told", settleMs, () => told.has("again"));
  ending.abort();
  await done;
});
