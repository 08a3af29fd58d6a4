import assert from "node:assert/strict";
import { test } from "node:test";

import { listedPackagesMax } from "@kith/packages/limits";
import { packages as packagesModule } from "@kith/packages/service";
import { sha256Hex } from "@kith/protocol/hashes";
import type { AccountName } from "@kith/protocol/ids";
import type { Action } from "@kith/protocol/transaction";
import { packText, unpackText } from "@kith/sdk/reply";
import { publishActions } from "@kith/sdk/site-content";
import { accountsInterface } from "@kith/sdk/system/accounts";
import { packagesInterface } from "@kith/sdk/system/packages";
import { packAction, publicKeyOf } from "@kith/sdk/transaction";
import { accountNameConstant } from "@kith/sdk/types";
import { pagesAskedMax } from "@kith/sites/limits";

import { requestTo } from "./ask.ts";
import { keyOf } from "./network.ts";
import { openQueriedNetwork } from "./queried-network.ts";

const sites = accountNameConstant("sites");
const packages = accountNameConstant("packages");
const alice = accountNameConstant("alice");
const key = keyOf(52);
const { network, queries } = openQueriedNetwork({ services: [packagesModule] });

test("of accounts those have pages that have a first page, with the icon where icons stand", async () => {
  for (const [name, paths] of [
    ["shop", ["/index.html", "/icon.svg", "/favicon.ico"]],
    ["plain", ["/index.html", "/img/icon.svg"]],
    ["data", ["/plugin.js", "/icon.svg"]],
  ] as const) {
    const account = create(name);
    done(...publishActions(account, paths.map(fileAt)));
  }
  assert.deepEqual(
    await answer(sites, "pages", { accounts: ["plain", "data", "nobody", "shop"] }),
    [{ account: "plain" }, { account: "shop", icon: "/icon.svg" }],
  );
  const many = Array.from({ length: pagesAskedMax + 1 }, (_, at) => `none-${at}`);
  assert.deepEqual(await answer(sites, "pages", { accounts: many.slice(1) }), []);
  const refused = await reply(sites, "pages", { accounts: many });
  assert.equal(refused.status, 422);
  assert.match(refused.text, /too-many-accounts/);
});

test("packages are listed page by page, with whose accounts they are", async () => {
  create("alice");
  const names = Array.from({ length: listedPackagesMax + 2 }, (_, at) => `app-${1000 + at}`);
  for (const name of names) {
    const meta = { name, version: "1.0.0", description: `About ${name}`, depends: [] };
    const whole = { ...meta, accounts: [], services: [], hash: sha256Hex(packText(name)) };
    const args = { meta: whole, manifest: new Uint8Array(), force: false };
    done(packAction(alice, packagesInterface, "postinstall", args));
  }
  const first = await list({});
  assert.equal(first.packages.length, listedPackagesMax);
  const [app] = first.packages;
  const expected = { name: "app-1000", owner: "alice", version: "1.0.0" };
  assert.deepEqual(app, { ...expected, description: "About app-1000", accounts: [] });
  const second = await list({ after: first.next });
  assert.deepEqual(
    second.packages.map(({ name }) => name),
    names.slice(listedPackagesMax),
  );
  assert.equal(second.next, undefined);
});

type Listed = {
  readonly packages: readonly { readonly name: string }[];
  readonly next?: unknown;
};

async function list(args: object): Promise<Listed> {
  return (await answer(packages, "listPackages", args)) as Listed;
}

async function answer(service: AccountName, query: string, args: object): Promise<unknown> {
  const { status, text } = await reply(service, query, args);
  assert.equal(status, 200, text);
  const parsed: unknown = JSON.parse(text, (_, value: unknown) => value ?? undefined);
  return parsed;
}

async function reply(service: AccountName, query: string, args: object) {
  const target = `/query/${query}?args=${encodeURIComponent(JSON.stringify(args))}`;
  const answered = await queries.query(service, requestTo(service, target));
  assert.ok(answered.ok && answered.value !== undefined);
  return { status: answered.value.status, text: unpackText(answered.value.body) ?? "" };
}

function create(name: string): AccountName {
  const account = accountNameConstant(name);
  done(packAction(account, accountsInterface, "create", { name: account, key: publicKeyOf(key) }));
  return account;
}

function fileAt(path: string) {
  const stored = packText(`content of ${path}`);
  const hash = sha256Hex(stored);
  return { path, contentType: "text/plain", stored, hash, sizeBytes: stored.length };
}

function done(...actions: readonly Action[]): void {
  for (const action of actions) assert.equal(network.run([action], key).failure, undefined);
}
