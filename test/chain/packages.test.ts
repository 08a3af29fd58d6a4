import assert from "node:assert/strict";
import { test } from "node:test";

import { manifestBytesMax } from "@kith/packages/limits";
import { packages } from "@kith/packages/service";
import { sha256Hex } from "@kith/protocol/hashes";
import type { HttpReply } from "@kith/protocol/http-message";
import type { AccountName } from "@kith/protocol/ids";
import { accountNameConstant } from "@kith/protocol/names";
import { packText } from "@kith/protocol/texts";
import { accountsInterface } from "@kith/sdk/system/accounts";
import { packagesInterface, type InstalledMeta } from "@kith/sdk/system/packages";
import { javaScript, setcodeInterface } from "@kith/sdk/system/setcode";
import { packAction, publicKeyOf } from "@kith/sdk/transaction";

import { ask, jsonOf } from "./ask.ts";
import { guestSource } from "./guest-source.ts";
import { keyOf, owner, TestNetwork } from "./network.ts";

const alice = accountNameConstant("alice");
const shop = accountNameConstant("shop");
const stock = accountNameConstant("stock");
const mallory = accountNameConstant("mallory");
const aliceKey = keyOf(7);
const malloryKey = keyOf(8);

test("a package is recorded with its accounts and its manifest, under its owner", () => {
  const network = withPeople();
  run(network, join(shop), install({ name: "shop", accounts: [shop] }));
  const [found, ...others] = list(network);
  assert.deepEqual(others, []);
  assert.deepEqual(
    { ...found, since: 0 },
    { ...meta({ name: "shop", accounts: [shop] }), owner: alice, since: 0 },
  );
  const manifest = json(get(network, "/manifest?owner=alice&name=shop"));
  assert.deepEqual(manifest, { manifest: "0102" });
});

test("a package cannot have an account that has not joined it", () => {
  const network = withPeople();
  assert.equal(codeOf(network, install({ name: "shop", accounts: [shop] })), "account-not-joined");
  // Mallory's package of the same name is another package.
  const own = packAction(mallory, packagesInterface, "join", { owner: mallory, name: "shop" });
  const forShop = packAction(shop, packagesInterface, "join", { owner: mallory, name: "shop" });
  assert.equal(network.run([own], malloryKey).failure, undefined);
  assert.notEqual(network.run([forShop], malloryKey).failure, undefined);
  const stolen = packAction(mallory, packagesInterface, "postinstall", {
    meta: meta({ name: "shop", accounts: [shop] }),
    manifest: new Uint8Array(),
    force: true,
  });
  assert.equal(network.run([stolen], malloryKey).failure?.code, "account-not-joined");
});

test("an account is in one package at most, and free again when that is removed", () => {
  const network = withPeople();
  run(network, join(shop), install({ name: "shop", accounts: [shop] }));
  assert.equal(codeOf(network, join(shop, "other")), "account-taken");
  assert.equal(codeOf(network, packAction(shop, packagesInterface, "leave", {})), "account-taken");
  run(network, remove("shop"));
  run(network, join(shop, "other"), install({ name: "other", accounts: [shop] }));
});

test("an account that joined what was never installed can leave, or join another one", () => {
  const network = withPeople();
  run(network, join(shop, "never"));
  run(network, join(shop, "other"));
  run(network, packAction(shop, packagesInterface, "leave", {}));
  assert.equal(
    codeOf(network, packAction(shop, packagesInterface, "leave", {})),
    "account-in-no-package",
  );
});

test("an upgrade takes a higher version, and a lower one only by force", () => {
  const network = withPeople();
  run(network, join(shop), join(stock));
  run(network, install({ name: "shop", version: "1.2.0", accounts: [shop, stock] }));
  const lower = { name: "shop", version: "1.2.0-rc.1", accounts: [shop] };
  assert.equal(codeOf(network, install(lower)), "version-lower");
  assert.equal(list(network)[0]?.version, "1.2.0");
  run(network, install({ name: "shop", version: "1.2.0", accounts: [shop, stock] }));
  run(network, install({ name: "shop", version: "2.0.0", accounts: [shop] }));
  // What the new version has no more is free.
  run(network, join(stock, "other"));
  run(network, install(lower, true));
  assert.equal(list(network)[0]?.version, "1.2.0-rc.1");
});

test("what a package needs has to be there, in a version that fits", () => {
  const network = withPeople();
  const dependent = { name: "shop", depends: [{ name: "tokens", version: "^1.2" }] };
  assert.equal(codeOf(network, install(dependent)), "dependency-missing");
  run(network, install({ name: "tokens", version: "1.1.0" }));
  assert.equal(codeOf(network, install(dependent)), "dependency-version-wrong");
  run(network, install({ name: "tokens", version: "1.3.0" }));
  run(network, install(dependent));
});

test("a package that others need is removed only by force", () => {
  const network = withPeople();
  run(network, install({ name: "tokens" }));
  run(network, install({ name: "shop", depends: [{ name: "tokens", version: "1" }] }));
  assert.equal(codeOf(network, remove("tokens")), "package-needed");
  run(network, remove("tokens", true));
  assert.deepEqual(
    list(network).map(({ name }) => name),
    ["shop"],
  );
  run(network, remove("shop"));
  // Nothing is left behind that would hold a later one.
  run(network, install({ name: "tokens" }));
  run(network, remove("tokens"));
});

test("a new version that needs something else no longer holds what it needed before", () => {
  const network = withPeople();
  run(network, install({ name: "tokens" }));
  run(network, install({ name: "shop", depends: [{ name: "tokens", version: "1" }] }));
  run(network, install({ name: "shop", version: "1.1.0" }));
  run(network, remove("tokens"));
});

test("a package counts as needed with its own owner first, then with the network's", () => {
  const network = withPeople();
  const tokens = { meta: meta({ name: "tokens" }), manifest: new Uint8Array(), force: false };
  const ofNetwork = packAction(owner, packagesInterface, "postinstall", tokens);
  const ofMallory = packAction(mallory, packagesInterface, "postinstall", tokens);
  assert.equal(network.run([ofNetwork]).failure, undefined);
  assert.equal(network.run([ofMallory], malloryKey).failure, undefined);
  run(network, install({ name: "shop", depends: [{ name: "tokens", version: "1" }] }));
  const force = false;
  const byMallory = packAction(mallory, packagesInterface, "remove", { name: "tokens", force });
  assert.equal(network.run([byMallory], malloryKey).failure, undefined);
  const byOwner = packAction(owner, packagesInterface, "remove", { name: "tokens", force });
  assert.equal(network.run([byOwner]).failure?.code, "package-needed");
});

const needed = { name: "y", version: "1" };

test("what no package says about itself is refused, each with a code of its own", () => {
  const network = withPeople();
  const cases = [
    [{ name: "no/name" }, "package-name-malformed"],
    [{ name: "" }, "package-name-malformed"],
    [{ name: "x", version: "1.0" }, "version-malformed"],
    [{ name: "x", description: "x".repeat(1001) }, "description-too-long"],
    [{ name: "x", accounts: [shop, shop] }, "account-repeated"],
    [{ name: "x", services: [shop] }, "service-undeclared"],
    [{ name: "x", depends: [{ name: "x", version: "1" }] }, "dependency-on-itself"],
    [{ name: "x", depends: [{ name: "y", version: "one" }] }, "version-pattern-malformed"],
    [{ name: "x", depends: [needed, needed] }, "dependency-repeated"],
    [
      {
        name: "x",
        depends: Array.from({ length: 101 }, (_, at) => ({ name: `y${at}`, version: "1" })),
      },
      "too-many-dependencies",
    ],
    [
      { name: "x", accounts: Array.from({ length: 65 }, (_, at) => accountNameConstant(`a${at}`)) },
      "too-many-accounts",
    ],
  ] as const;
  for (const [wrong, code] of cases) assert.equal(codeOf(network, install(wrong)), code);
  const args = {
    meta: meta({ name: "x" }),
    manifest: new Uint8Array(manifestBytesMax + 1),
    force: false,
  };
  const long = packAction(alice, packagesInterface, "postinstall", args);
  assert.equal(codeOf(network, long), "manifest-too-long");
  assert.equal(codeOf(network, remove("x")), "package-unknown");
  assert.deepEqual(list(network), []);
});

test("packages are listed a page at a time", () => {
  const network = withPeople();
  const names = Array.from({ length: 130 }, (_, at) => `p${String(at).padStart(3, "0")}`);
  for (const name of names) run(network, install({ name }));
  const first = json(get(network, "/packages")) as Page;
  assert.equal(first.packages.length, 100);
  assert.deepEqual(first.next, { name: "p099", owner: "alice" });
  const second = json(get(network, "/packages?afterName=p099&afterOwner=alice")) as Page;
  assert.deepEqual(
    [...first.packages, ...second.packages].map(({ name }) => name),
    names,
  );
  assert.equal(second.next, undefined);
});

test("who installs learns what is on accounts, and who may make them", () => {
  const network = withPeople();
  run(network, join(shop), install({ name: "shop", accounts: [shop] }));
  const code = guestSource("x");
  run(network, packAction(shop, setcodeInterface, "setCode", { vm: javaScript, code }));
  assert.deepEqual(json(get(network, "/accounts?names=shop,nobody")), {
    networkOwner: "owner",
    registrationOpen: true,
    accounts: [
      {
        name: "shop",
        exists: true,
        authService: "auth-sig",
        code: { vm: 0, codeHash: sha256Hex(code) },
        package: { owner: "alice", name: "shop" },
      },
      { name: "nobody", exists: false },
    ],
  });
  assert.equal(get(network, "/accounts?names=No").status, 400);
  const many = Array(257).fill("shop").join(",");
  assert.equal(json(get(network, `/accounts?names=${many}`))["code"], "too-many-accounts");
  assert.equal(json(get(network, "/manifest?name=x"))["code"], "package-key-malformed");
  assert.equal(json(get(network, "/manifest?name=x&owner=alice"))["code"], "package-unknown");
});

type Listed = InstalledMeta & { readonly owner: string; readonly since: number };
type Page = { readonly packages: readonly Listed[]; readonly next?: unknown };

function withPeople(): TestNetwork {
  const network = new TestNetwork({ services: [packages] });
  network.run([
    ...[alice, shop, stock].map((name) => create(name, aliceKey)),
    create(mallory, malloryKey),
  ]);
  return network;
}

type Sent = ReturnType<typeof packAction>;

function create(name: AccountName, key: Uint8Array): Sent {
  return packAction(owner, accountsInterface, "create", { name, key: publicKeyOf(key) });
}

function meta(parts: Partial<InstalledMeta>): InstalledMeta {
  return {
    name: "x",
    version: "1.0.0",
    description: "",
    depends: [],
    accounts: [],
    services: [],
    hash: sha256Hex(packText("file")),
    ...parts,
  };
}

function join(account: AccountName, name = "shop"): Sent {
  return packAction(account, packagesInterface, "join", { owner: alice, name });
}

function install(parts: Partial<InstalledMeta>, force = false): Sent {
  const args = { meta: meta(parts), manifest: Uint8Array.of(1, 2), force };
  return packAction(alice, packagesInterface, "postinstall", args);
}

function remove(name: string, force = false): Sent {
  return packAction(alice, packagesInterface, "remove", { name, force });
}

function run(network: TestNetwork, ...actions: readonly Sent[]): void {
  const receipt = network.run(actions, aliceKey);
  assert.equal(receipt.failure, undefined, JSON.stringify(receipt.failure));
}

function codeOf(network: TestNetwork, action: Sent): string | undefined {
  return network.run([action], aliceKey).failure?.code;
}

function get(network: TestNetwork, target: string): HttpReply {
  const reply = ask(network, accountNameConstant("packages"), target);
  assert.ok(reply !== undefined);
  return reply;
}

function json(reply: HttpReply): Record<string, unknown> {
  return jsonOf(reply) as Record<string, unknown>;
}

function list(network: TestNetwork): readonly Listed[] {
  return (json(get(network, "/packages")) as unknown as Page).packages;
}
