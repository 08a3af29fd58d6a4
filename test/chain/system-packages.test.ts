import assert from "node:assert/strict";
import { cpSync, globSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";

import { genesisInstallation } from "@kith/packaging/genesis-installation";
import { buildSystemPackages } from "@kith/packaging/system-packages";
import { encodePem, pkcs8Of } from "@kith/protocol/keys";
import { accountNameConstant } from "@kith/protocol/names";
import { unpackText } from "@kith/protocol/texts";
import { keyClaim } from "@kith/sdk/claims";
import { inviteInterface } from "@kith/sdk/system/invite";
import { packAction, publicKeyOf } from "@kith/sdk/transaction";

import { signerOf } from "../provers.ts";
import { ChainNode } from "./chain-node.ts";
import { keyOf, owner, ownerKey, TestNetwork } from "./network.ts";
import { Workshop } from "./workshop.ts";

const built = await buildSystemPackages();
assert.ok(built.ok, JSON.stringify(built));
const installation = await genesisInstallation(built.value, owner);
assert.ok(installation.ok, JSON.stringify(installation));
const node = new ChainNode(new TestNetwork({ installation: installation.value }));
const workshop = new Workshop(node);
const ownerPem = join(workshop.folder, "owner.pem");

before(async () => {
  await workshop.open();
  const key = pkcs8Of({ kind: "ed25519", secret: ownerKey });
  writeFileSync(ownerPem, `${encodePem("PRIVATE KEY", key)}\n`);
});
after(() => workshop.close());

test("the packages of the system are the same bytes each time that they are made", async () => {
  const again = await buildSystemPackages();
  assert.ok(again.ok);
  assert.deepEqual(
    again.value.map(({ hash }) => hash),
    built.value.map(({ hash }) => hash),
  );
});

test("a network begins with its system installed as packages, which are the owner's", async () => {
  const { packages } = JSON.parse(await workshop.done("list", "--json")) as Listed;
  assert.deepEqual(
    packages.map(({ name }) => name),
    built.value.map(({ contents }) => contents.meta.name).toSorted(),
  );
  for (const installed of packages) {
    assert.deepEqual([installed.owner, installed.accounts], ["owner", [installed.name]]);
  }
  const home = node.get("home", "/");
  assert.equal(home?.status, 200);
  assert.equal(home.contentType, "text/html; charset=utf-8");
});

test("browsers find the plugins of the system, those of services and those without one", () => {
  for (const account of ["transact", "accounts", "auth-keys", "invite", "clientdata", "perms"]) {
    const places = ["/plugin.js", "/plugin.json"].map((path) => node.get(account, path)?.status);
    assert.deepEqual(places, [200, 200], account);
  }
});

test("nobody but the owner of the network upgrades the system", async () => {
  const file = await nextVersion("sites", { from: "there is no", to: "nobody has" });
  assert.match(await workshop.refused("install", file), /wrong-key|not-authorized/);
});

test("a running network takes a new `sites` by transaction, and goes on with what it had", async () => {
  const asked = "/files?account=Not-A-Name";
  assert.match(text("sites", asked), /names whose files/);
  const file = await nextVersion("sites", { from: "names whose files", to: "says whose files" });
  const said = await workshop.done("install", file, "--key", ownerPem);
  assert.match(said, /^sites 0\.2\.0, in place of 0\.1\.0/);
  assert.match(text("sites", asked), /says whose files/);
  assert.equal(node.get("home", "/")?.status, 200);
});

test("it takes a new `transact`, which decides about the very next transaction", async () => {
  const change = { from: "there is no account", to: "nobody knows an account" };
  const file = await nextVersion("transact", change);
  await workshop.done("install", file, "--key", ownerPem);
  const status = await workshop.kith("publish", join(workshop.folder, "next"), "--app", "nobody");
  assert.match(status.problem, /nobody knows an account nobody/);
  await workshop.done("account", "create", "alice");
});

test("it takes a new `packages` and a new `setcode`, by themselves", async () => {
  for (const app of ["packages", "setcode"]) {
    const file = await nextVersion(app, { from: "names", to: "names" });
    await workshop.done("install", file, "--key", ownerPem);
  }
  const { packages } = JSON.parse(await workshop.done("list", "--json")) as Listed;
  const versions = new Map(packages.map(({ name, version }) => [name, version]));
  assert.deepEqual([versions.get("packages"), versions.get("setcode")], ["0.2.0", "0.2.0"]);
});

test("invites work as installed, and are upgraded although they authorize their own account", async () => {
  const terms = { key: publicKeyOf(keyOf(90)), app: owner, uses: 9, memo: "" };
  const expiresAt = (node.network.time + 3600) * 1_000_000;
  const create = packAction(owner, inviteInterface, "createInvite", { ...terms, expiresAt });
  assert.equal(node.network.run([create], ownerKey).failure, undefined);
  const accept = (seed: number): unknown => {
    const name = accountNameConstant(`newcomer${seed}`);
    const claim = keyClaim(publicKeyOf(keyOf(seed)));
    const action = packAction(inviteInterface.name, inviteInterface, "accept", {
      name,
      claim,
      label: "phone",
    });
    const provers = [signerOf(keyOf(90)), signerOf(keyOf(seed))];
    return node.network.runProvedBy([action], provers).failure;
  };
  assert.equal(accept(91), undefined);
  const { postinstall } = JSON.parse(readFileSync("apps/invite/kith.json", "utf8")) as object & {
    readonly postinstall: unknown;
  };
  const change = { from: "nobody invites", to: "nobody ever invites", manifest: { postinstall } };
  await workshop.done("install", await nextVersion("invite", change), "--key", ownerPem);
  assert.equal(accept(92), undefined);
});

test("a version whose tables would misread what is stored is refused, and the old one stays", async () => {
  const file = await nextVersion("sites", {
    from: "singlePage: bool,\n    files: u32",
    to: "singlePage: u32,\n    files: u32",
    version: "0.3.0",
  });
  const refused = await workshop.refused("install", file, "--key", ownerPem);
  assert.equal(refused, "schema-change-forbidden");
  assert.equal(node.get("home", "/")?.status, 200);
});

type Listed = {
  readonly packages: readonly {
    readonly name: string;
    readonly version: string;
    readonly owner: string;
    readonly accounts: readonly string[];
  }[];
};

type Change = {
  readonly from: string;
  readonly to: string;
  readonly version?: string;
  readonly manifest?: object;
};

/** A package of the app with one text changed in all its sources, and a higher version. */
async function nextVersion(
  app: string,
  { from, to, version = "0.2.0", manifest = {} }: Change,
): Promise<string> {
  const folder = join(workshop.folder, "next", version, app);
  mkdirSync(folder, { recursive: true });
  cpSync(join(import.meta.dirname, "../../apps", app), folder, {
    recursive: true,
    filter: (path) => !path.endsWith("node_modules"),
  });
  let changes = 0;
  for (const path of globSync("**/*.ts", { cwd: folder })) {
    const source = readFileSync(join(folder, path), "utf8");
    if (source.includes(from)) changes++;
    writeFileSync(join(folder, path), source.replaceAll(from, to));
  }
  assert.ok(changes > 0 || app === "setcode", `${app} does not say ${from}`);
  writeFileSync(join(folder, "kith.json"), JSON.stringify({ ...manifest, version }));
  const out = await workshop.done("package", folder, "--out", workshop.folder, "--json");
  return (JSON.parse(out) as { readonly path: string }).path;
}

function text(account: string, target: string): string {
  return unpackText(node.get(account, target)?.body ?? new Uint8Array()) ?? "";
}
