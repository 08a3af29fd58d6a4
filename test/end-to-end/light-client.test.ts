import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { after, before, test } from "node:test";
import { pathToFileURL } from "node:url";

import { parseTransactionId, type BlockId, type TransactionId } from "@kith/protocol/ids";
import { accountNameConstant } from "@kith/protocol/names";
import type { Result } from "@kith/protocol/result";
import { merkleEvent } from "@kith/sdk/event";
import { LightClient, type LightClientError, type LightPort } from "@kith/sdk/light-client";
import { table } from "@kith/sdk/table";
import { account, bool, u32 } from "@kith/sdk/types";
import { z } from "zod";

import { Cluster, settleMs } from "./cluster.ts";
import { kith, kithDone, makeKey } from "./kith.ts";
import { liesOf, type Lie, type Recorded } from "./light-lies.ts";
import { LyingProxy } from "./lying-proxy.ts";
import { chainIdOf, readProducers } from "./node-status.ts";
import { patiently } from "./patiently.ts";
import { until } from "./until.ts";

let cluster: Cluster;
let proxy: LyingProxy;
let chain: BlockId;
let transactionId: TransactionId;
let recorded: Recorded;

before(async () => {
  cluster = await Cluster.start(4, { algorithm: "bft" });
  const [first] = cluster.nodes;
  assert.ok(first !== undefined);
  proxy = await LyingProxy.open(first);
  await makeKey(cluster);
  chain = await chainIdOf(first);
  await installCrier();
  transactionId = await cryOf();
  recorded = {
    row: await objectAt(`${rowPath}&certified=true`),
    otherEvent: await objectAt(`/common/proof/event/${transactionId}/1?certified=true`),
  };
  await kithDone(cluster.folder, first, ["account", "create", "alice-one"]);
});
after(async () => {
  await proxy.close();
  await cluster.close();
});

const accounts = {
  service: accountNameConstant("accounts"),
  table: table(
    "accounts",
    { name: account, authService: account, locked: bool },
    { key: ["name"] },
  ),
  tableNumber: 0,
} as const;
const alice = { ...accounts, key: { name: accountNameConstant("alice-one") } } as const;
const rowPath = `/common/proof/row?service=accounts&table=accounts&key=${encodeURIComponent('{"name":"alice-one"}')}`;

const crier = accountNameConstant("crier-app");
const cried = merkleEvent("cried", { number: u32 });
const source = `
import { merkleEvent } from "@kith/sdk/event";
import { action, service } from "@kith/sdk/service";
import { nothing } from "@kith/sdk/signature";
import { u32 } from "@kith/sdk/types";

const cried = merkleEvent("cried", { number: u32 });
const whispered = merkleEvent("whispered", { number: u32 });

export default service("crier-app", {
  tables: [],
  events: [cried, whispered],
  actions: {
    cry: action({ number: u32 }, nothing, (context, { number }) => {
      context.emit(cried, { number });
      context.emit(whispered, { number: number + 1 });
    }),
  },
});
`;

/** An app whose installation emits two events. */
async function installCrier(): Promise<void> {
  const folder = join(cluster.folder, "crier");
  const postinstall = [{ sender: crier, service: crier, method: "cry", data: { number: 7 } }];
  const files = {
    "kith.json": JSON.stringify({ name: crier, version: "1.0.0", postinstall }),
    "service/index.ts": source,
  };
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
  const [first] = cluster.nodes;
  assert.ok(first !== undefined);
  const words = ["package", folder, "--out", cluster.folder, "--json"];
  const made = z.object({ path: z.string() });
  const { path } = made.parse(JSON.parse(await kithDone(cluster.folder, first, words)));
  await kithDone(cluster.folder, first, ["install", path]);
}

async function cryOf(): Promise<TransactionId> {
  const page = z.object({ events: z.array(z.object({ transactionId: z.string() })) });
  const { events } = page.parse(await jsonAt(`/common/events?service=${crier}&event=cried`));
  const id = parseTransactionId(events[0]?.transactionId ?? "");
  assert.ok(id.ok);
  return id.value;
}

async function jsonAt(path: string): Promise<unknown> {
  const answer = await patiently(proxy.node, path);
  const json: unknown = await answer.json();
  assert.equal(answer.status, 200, JSON.stringify(json));
  return json;
}

async function objectAt(path: string): Promise<Readonly<Record<string, unknown>>> {
  const json = await jsonAt(path);
  assert.ok(typeof json === "object" && json !== null);
  return { ...json };
}

/** Reaches the network through the proxy alone. */
function clientOf(trusted: BlockId | Uint8Array = chain, Client = LightClient): LightClient {
  const port: LightPort = {
    fetch: (url) => patiently(proxy, url.slice(url.indexOf("/common"))),
  };
  return new Client({ root: "http://kith.localhost", port, trusted });
}

function valueOf<T>(result: Result<T, LightClientError>): T {
  assert.ok(result.ok, result.ok ? "" : JSON.stringify(result.error));
  return result.value;
}

/** All that a light client proves, through a proxy that tells the truth. */
async function checkTruth(light: LightClient): Promise<void> {
  proxy.beHonest();
  const row = valueOf(await light.row(alice));
  assert.deepEqual(row.value, { ...alice.key, authService: "auth-sig", locked: false });
  const nobody = { ...accounts, key: { name: accountNameConstant("nobody") } };
  assert.equal(valueOf(await light.row(nobody)).value, undefined);
  const event = { service: crier, event: cried, transactionId };
  assert.deepEqual(valueOf(await light.event(event)).value.value, { number: 7 });
  const newest = valueOf(await light.newest()).header.blockNum;
  for (const num of [newest, newest - 1, 2, 1]) {
    assert.equal(valueOf(await light.header(num)).header.blockNum, num);
  }
}

async function refusalOf({ about }: Lie, kept: Uint8Array): Promise<string> {
  switch (about) {
    case "row":
      return codeOf(await clientOf().row(alice));
    case "known-row":
      return codeOf(await clientOf(kept).row(alice));
    case "event":
      return codeOf(await clientOf(kept).event({ service: crier, event: cried, transactionId }));
    case "headers":
      return codeOf(await clientOf(kept).header(2));
    case "changes":
      return codeOf(await clientOf().newest());
  }
}

function codeOf(result: Result<unknown, LightClientError>): string {
  return result.ok ? "proved" : result.error.code;
}

const paths = {
  row: "/common/proof/row",
  "known-row": "/common/proof/row",
  event: "/common/proof/event",
  headers: "/common/light/headers",
  changes: "/common/light/changes",
} as const;

/** Each lie to a client of its own. */
async function checkLies(isChanged: boolean): Promise<void> {
  proxy.beHonest();
  const light = clientOf();
  valueOf(await light.row(alice));
  const kept = light.packedCheckpoint;
  assert.ok(kept !== undefined);
  for (const [name, lie] of Object.entries(liesOf(recorded))) {
    if (lie.about === "changes" && !isChanged) continue;
    proxy.lie(paths[lie.about], lie.alter);
    assert.match(await refusalOf(lie, kept), lie.code, name);
    assert.ok(proxy.lies > 0, `nobody was told: ${name}`);
  }
}

let blocks = 0;

/** Changes producers or algorithm, and waits until the change is over. */
async function change(words: readonly string[], algorithm: string, count: number): Promise<void> {
  const [first] = cluster.nodes;
  assert.ok(first !== undefined);
  const key = join(first.folder, "owner.pem");
  await kithDone(cluster.folder, first, ["producers", "set", ...words, "--key", key]);
  await until(`${count} producers decide under ${algorithm}`, settleMs, async () => {
    const { current, next } = await readProducers(proxy.node);
    const isThere = current.algorithm === algorithm && current.producers.length === count;
    return isThere && next === undefined;
  });
  // Blocks behind the change: a header of the change itself is proved by the change.
  blocks += 1;
  await kithDone(cluster.folder, first, ["account", "create", `after-${blocks}`]);
}

/** The first three of the producers. */
async function three(): Promise<string> {
  const { current } = await readProducers(proxy.node);
  const named = current.producers.slice(0, 3).map(({ account: name, node }) => `${name}=${node}`);
  return named.join(",");
}

test("four producers under bft: what they signed is believed, and none of the lies", async () => {
  await checkTruth(clientOf());
  await checkLies(false);
});

test("producers and algorithms change: clients of every age follow, and none of the lies is believed", async () => {
  const old = clientOf();
  await checkTruth(old);
  await change(["--algorithm", "cft"], "cft", 4);
  await checkTruth(old);
  await checkTruth(clientOf());
  await checkLies(false);
  const kept = old.packedCheckpoint;
  await change(["--algorithm", "bft"], "bft", 4);
  await change([await three()], "bft", 3);
  // Of one that is no producer any more: it knows as much as all others.
  const [, , , fourth] = cluster.nodes;
  assert.ok(fourth !== undefined);
  await cluster.settled();
  proxy.node = fourth;
  for (const light of [old, clientOf(kept), clientOf()]) await checkTruth(light);
  await checkLies(true);
  assert.equal(old.checkpoint?.point.joint.current.producers.length, 3);
});

test("the command line proves the same, keeps what it proved, and ends with status 4 for a liar", async () => {
  proxy.beHonest();
  const path = join(cluster.folder, "checkpoint");
  const verify = async (...words: readonly string[]) => {
    const child = kith(cluster.folder, proxy, ["verify", ...words, "--checkpoint", path]);
    return [await child.ended(), child.output] as const;
  };
  const row = ["row", "accounts", "accounts", '{"name":"alice-one"}'] as const;
  const [status, told] = await verify(...row, "--chain", chain);
  assert.equal(status, 0, told);
  assert.match(told, /"authService": "auth-sig"/);
  assert.match(told, /signed by +at least 3 of node-\d, node-\d, node-\d \(bft\)/);
  const [absent, toldAbsent] = await verify("row", "accounts", "accounts", '{"name":"nobody"}');
  assert.equal(absent, 0, toldAbsent);
  assert.match(toldAbsent, /^There is no row/);
  const [event, toldEvent] = await verify("event", transactionId);
  assert.equal(event, 0, toldEvent);
  assert.match(toldEvent, /crier-app\.cried happened in block \d+:\n\{\n {2}"number": 7/);
  assert.equal((await verify("header"))[0], 0);
  proxy.lie(paths.row, (answer) => ({ ...answer, row: null }));
  const [refused, toldRefused] = await verify(...row);
  assert.equal(refused, 4, toldRefused);
  assert.match(toldRefused, /not-proved/);
  // The code of the service is proved as well, so nobody can give its tables other names.
  assert.match((await verify(...row, "--json"))[1], /"code":"not-proved"/);
});

test("the same client for browsers needs nothing of a runtime, and proves the same", async () => {
  const entry = new URL("../../apps/sdk/light-client.ts", import.meta.url).pathname;
  const built = await Bun.build({
    entrypoints: [entry],
    target: "browser",
    outdir: cluster.folder,
  });
  assert.ok(built.success);
  const [output] = built.outputs;
  assert.ok(output !== undefined);
  assert.doesNotMatch(await output.text(), /\bfrom\s*["']|\brequire\(|\bprocess\./);
  const bundled = (await import(pathToFileURL(output.path).href)) as {
    readonly LightClient: typeof LightClient;
  };
  await checkTruth(clientOf(chain, bundled.LightClient));
  proxy.lie(paths.row, (answer) => ({ ...answer, row: null }));
  assert.equal(codeOf(await clientOf(chain, bundled.LightClient).row(alice)), "not-proved");
});
