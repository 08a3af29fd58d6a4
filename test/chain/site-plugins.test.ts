import assert from "node:assert/strict";
import { test } from "node:test";

import { prepareContent } from "@kith/packaging/prepare-file";
import { sha256Hex } from "@kith/protocol/hashes";
import type { HttpReply } from "@kith/protocol/http-message";
import type { Action } from "@kith/protocol/transaction";
import { packText, unpackText } from "@kith/sdk/reply";
import { linkAction, putChunkAction, type SiteContent } from "@kith/sdk/site-content";
import { accountsInterface } from "@kith/sdk/system/accounts";
import { sitesInterface } from "@kith/sdk/system/sites";
import { packAction, publicKeyOf } from "@kith/sdk/transaction";
import { accountNameConstant, type AccountName } from "@kith/sdk/types";
import {
  pluginManifestBytesMax,
  pluginManifestsBytesMax,
  pluginsAskedMax,
  pluginsListedMax,
} from "@kith/sites/limits";

import { requestTo } from "./ask.ts";
import { keyOf } from "./network.ts";
import { openQueriedNetwork } from "./queried-network.ts";

const sites = accountNameConstant("sites");
const key = keyOf(51);
const { network, queries } = openQueriedNetwork();

test("plugins are listed with all that they import, however far, each once", async () => {
  publish("board", { imports: ["transact", "chat", "host:clock"] });
  publish("chat", { imports: ["board", "deep", "nobody", 7, "no name"] });
  publish("deep", { imports: [] });
  publish("alone", { imports: [] });
  const listed = await list(["board", "alone", "board"]);
  assert.deepEqual(
    listed.map(({ account }) => account),
    ["board", "alone", "chat", "deep"],
  );
  assert.deepEqual(listed[0], {
    account: "board",
    hash: sha256Hex(sourceOf("board")),
    sizeBytes: sourceOf("board").length,
    manifest: manifestOf("board", { imports: ["transact", "chat", "host:clock"] }),
  });
  assert.deepEqual(await list(["nobody"]), []);
  assert.deepEqual(await list([]), []);
});

test("what is no plugin is left out: no source, no manifest, one that is none, is too long or cannot be read", async () => {
  publish("whole", {
    imports: ["sourceless", "bare", "list", "text", "imports", "long", "packed"],
  });
  done(...filesOf("sourceless", [["/plugin.json", packText('{"imports":[]}')]]));
  done(...filesOf("bare", [["/plugin.js", packText("1")]]));
  publishText("list", "[]");
  publishText("text", "{");
  publishText("imports", '{"imports":{}}');
  publishText("long", `{"imports":[]}${" ".repeat(pluginManifestBytesMax)}`);
  const packed = { ...content("/plugin.json", packText('{"imports":[]}')), encoding: "br" };
  done(...filesOf("packed", [["/plugin.js", packText("1")]]), linkAction(named("packed"), packed));
  assert.deepEqual(
    (await list(["whole"])).map(({ account }) => account),
    ["whole"],
  );
});

test("so many are listed and no more, and so many bytes of manifests", async () => {
  const names = Array.from({ length: pluginsListedMax + 1 }, (_, at) => `many-${at}`);
  for (const name of names) publish(name, { imports: [] });
  publish("importer", { imports: names });
  const listed = await list(["importer"]);
  assert.equal(listed.length, pluginsListedMax);
  assert.equal(listed.at(-1)?.account, `many-${pluginsListedMax - 2}`);
  const big = Array.from({ length: 13 }, (_, at) => `big-${at}`);
  const doc = "x".repeat(pluginManifestBytesMax - 100);
  for (const name of big) publish(name, { imports: [], doc });
  assert.equal((await list(big)).length, Math.floor(pluginManifestsBytesMax / doc.length));
  const asked = Array.from({ length: pluginsAskedMax + 1 }, (_, at) => `none-${at}`);
  const refused = await reply(asked);
  assert.equal(refused.status, 422);
  assert.match(unpackText(refused.body) ?? "", /too-many-accounts/);
  assert.deepEqual(await list(asked.slice(1)), []);
});

test("the list is kept until a block touches one of the plugins in it", async () => {
  publish("first", { imports: ["second"] });
  assert.equal((await list(["first"])).length, 1);
  const { cached } = queries.metrics();
  publish("other", { imports: [] });
  await list(["first"]);
  assert.equal(queries.metrics().cached, cached + 1);
  // An account that had no plugin has one now.
  publish("second", { imports: [] });
  assert.equal((await list(["first"])).length, 2);
  done(packAction(named("first"), sitesInterface, "unlink", { path: "/plugin.js" }));
  assert.deepEqual(await list(["first"]), []);
});

test("a package stores manifests as they are, because a service cannot decompress", async () => {
  const text = packText(`{"imports":[]}${" ".repeat(10_000)}`);
  assert.equal((await prepareContent("/plugin.json", text)).entry.encoding, undefined);
  assert.equal((await prepareContent("/other/plugin.json", text)).entry.encoding, "br");
});

test("/query/ on another account's subdomain is a path of that account's site", async () => {
  done(...filesOf("asking", [["/query/plugins", packText("a file")]]));
  const request = { ...requestTo(sites, "/query/plugins"), host: "asking.kith.localhost" };
  const answered = await queries.query(sites, request);
  assert.ok(answered.ok);
  assert.equal(unpackText(answered.value?.body ?? new Uint8Array()), "a file");
});

type Listed = {
  readonly account: string;
  readonly hash: string;
  readonly sizeBytes: number;
  readonly manifest: string;
};

async function reply(accounts: readonly string[]): Promise<HttpReply> {
  const args = encodeURIComponent(JSON.stringify({ accounts }));
  const answered = await queries.query(sites, requestTo(sites, `/query/plugins?args=${args}`));
  assert.ok(answered.ok && answered.value !== undefined);
  return answered.value;
}

async function list(accounts: readonly string[]): Promise<readonly Listed[]> {
  const { status, body } = await reply(accounts);
  const text = unpackText(body) ?? "";
  assert.equal(status, 200, text);
  return JSON.parse(text) as readonly Listed[];
}

const people = new Set<string>();

/** An account that the key of this test signs for. */
function named(name: string): AccountName {
  const account = accountNameConstant(name);
  if (people.has(name)) return account;
  people.add(name);
  done(packAction(account, accountsInterface, "create", { name: account, key: publicKeyOf(key) }));
  return account;
}

type Declared = { readonly imports: readonly unknown[]; readonly doc?: string };

function publish(name: string, declared: Declared): void {
  publishText(name, manifestOf(name, declared));
}

function publishText(name: string, manifest: string): void {
  done(
    ...filesOf(name, [
      ["/plugin.js", sourceOf(name)],
      ["/plugin.json", packText(manifest)],
    ]),
  );
}

function sourceOf(name: string): Uint8Array {
  return packText(`exports.name = "${name}";`);
}

function manifestOf(name: string, declared: Declared): string {
  return JSON.stringify({ sdk: 1, name, ...declared, exports: {} });
}

function filesOf(
  name: string,
  contents: readonly (readonly [path: string, stored: Uint8Array])[],
): readonly Action[] {
  const sender = named(name);
  return contents.flatMap(([path, stored]) => [
    putChunkAction(sender, { hash: sha256Hex(stored), data: stored }),
    linkAction(sender, content(path, stored)),
  ]);
}

function content(path: string, stored: Uint8Array): SiteContent {
  const contentType = path.endsWith(".js") ? "text/javascript" : "application/json";
  return { path, contentType, stored, hash: sha256Hex(stored), sizeBytes: stored.length };
}

function done(...actions: readonly Action[]): void {
  const result = network.block([network.transaction(actions, key)]);
  assert.equal(result.receipts[0]?.failure, undefined);
  queries.onExecuted(result);
}
