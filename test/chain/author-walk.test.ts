import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";

import { freeNameCharsDefault } from "@kith/node/node-arguments";
import { packages } from "@kith/packages/service";
import { unpackText } from "@kith/protocol/texts";

import { ChainNode } from "./chain-node.ts";
import { TestNetwork } from "./network.ts";
import { Workshop } from "./workshop.ts";

/** The life of the app of the SDK's README on a network: installed, upgraded in all three ways, removed. */

/** With the names that a new network has for everybody. */
const network = new TestNetwork({ services: [packages], freeNameCharsMin: freeNameCharsDefault });
const workshop = new Workshop(new ChainNode(network));
before(() => workshop.open());
after(() => workshop.close());

const readme = readFileSync(join(import.meta.dirname, "../../apps/sdk/README.md"), "utf8");
const source = /```ts service\/index\.ts\n([\s\S]*?)```/.exec(readme)?.[1] ?? "";

/** The package of this version, whose source has other words in place of some. */
function version(number: string, ...changes: readonly (readonly [string, string])[]) {
  let text = source;
  for (const [from, to] of changes) {
    assert.ok(text.includes(from), from);
    text = text.replace(from, to);
  }
  const manifest = JSON.stringify({ name: "pledgebook", version: number });
  return workshop.package("pledgebook", { "package.json": manifest, "service/index.ts": text });
}

function ask(target: string): unknown {
  const reply = workshop.node.get("pledgebook", target);
  return [reply?.status, JSON.parse(unpackText(reply?.body ?? new Uint8Array()) ?? "")];
}

const optional = [
  ["purpose: str };", "purpose: str, until: option(u64) };"],
  ["object, str", "object, option, str"],
] as const;
const withoutQuery = ["queries: { pledgesBy, total }", "queries: { total }"] as const;

test("the first version answers its typed queries", async () => {
  const said = await workshop.done("install", await version("1.0.0"));
  assert.match(said, /^pledgebook 1\.0\.0, new/);
  assert.deepEqual(ask("/query/pledgesBy?by=pledgebook"), [200, []]);
});

test("a new optional field is taken without a word", async () => {
  const said = await workshop.done("install", await version("1.1.0", ...optional));
  assert.match(said, /^pledgebook 1\.1\.0, in place of 1\.0\.0: \S+\n$/);
});

test("what breaks old clients is told before it is installed, and when it is", async () => {
  const file = await version("2.0.0", ...optional, withoutQuery);
  const told =
    /Clients made for 1\.1\.0 break[^\n]*\n {4}pledgebook: queries\.pledgesBy: the query is gone/;
  assert.match(await workshop.done("install", file, "--dry-run"), told);
  assert.match(await workshop.done("install", file), told);
  assert.deepEqual(ask("/query/pledgesBy?by=pledgebook"), [
    404,
    { code: "query-unknown", message: "pledgebook has no query pledgesBy" },
  ]);
});

test("an app that is removed answers nothing any more", async () => {
  assert.match(await workshop.done("remove", "pledgebook"), /^pledgebook 2\.0\.0 is removed/);
  assert.equal(workshop.node.get("pledgebook", "/query/total?purpose=x"), undefined);
});
