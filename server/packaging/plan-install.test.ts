import assert from "node:assert/strict";
import { test } from "node:test";

import { sha256, sha256Hex, toHex } from "@kith/protocol/hashes";
import type { Checksum } from "@kith/protocol/ids";
import { transactionBytesMax } from "@kith/protocol/limits";
import { accountNameConstant, methodNameConstant } from "@kith/protocol/names";
import { packText } from "@kith/protocol/texts";
import type { Action } from "@kith/protocol/transaction";
import { transactionCodec } from "@kith/protocol/transactions";
import { javaScript, pieceBytesMax } from "@kith/sdk/system/setcode";
import { sitesInterface } from "@kith/sdk/system/sites";

import { bytesOf } from "./batches.ts";
import { batchActionsMax, batchBytesMax, postinstallActionsMax } from "./limits.ts";
import type { AccountView, InstalledPackage, NetworkView } from "./network-view.ts";
import type { Package, PackagedFile, PackagedService, PostinstallAction } from "./package.ts";
import { planInstall, type InstallPlan, type Installation } from "./plan-install.ts";
import { planRemoval } from "./plan-removal.ts";
import { prepareContent } from "./prepare-file.ts";
import type { PackageFile } from "./read-package.ts";
import { schemasOf } from "./schema-source.ts";
import { testPackage, testService } from "./test-packages.ts";

const alice = accountNameConstant("alice");
const shop = accountNameConstant("shop");
const stock = accountNameConstant("stock");
const page: PackagedFile = { account: shop, path: "/index.html", content: packText("<h1>") };
const script: PackagedFile = { account: shop, path: "/main.js", content: packText("1;") };
const settle: PostinstallAction = {
  sender: shop,
  service: accountNameConstant("sites"),
  method: methodNameConstant("setSinglePage"),
  data: { enabled: true },
};
const whole = testPackage(
  { name: "shop", accounts: [shop, stock] },
  {
    services: [testService("shop"), testService("stock")],
    files: [page, script],
    postinstall: [settle],
  },
);

test("accounts come first, content next, and all that people see in one transaction at the end", async () => {
  const plan = await planned(whole);
  assert.deepEqual(plan.prepare.map(shown), [
    [
      "alice auth-delg create",
      "shop packages join",
      "alice auth-delg create",
      "stock packages join",
    ],
  ]);
  assert.deepEqual(plan.upload.map(shown), [["shop sites putchunk", "shop sites putchunk"]]);
  assert.deepEqual(plan.switchOver.map(shown), [
    [
      "shop sites link",
      "shop sites link",
      "shop setcode setcode",
      "stock setcode setcode",
      "shop sites setsinglepage",
      "alice packages postinstall",
    ],
  ]);
  assert.deepEqual(plan.summary.newAccounts, [shop, stock]);
});

test("a package that belongs to one of its own accounts makes that one with the key", async () => {
  const plan = await planned(whole, { installer: installer(stock) });
  assert.deepEqual(plan.prepare.map(shown), [
    [
      "stock accounts create",
      "stock packages join",
      "stock auth-delg create",
      "shop packages join",
    ],
  ]);
});

test("an account that exists is taken only when whoever installs has said so", async () => {
  const accounts = new Map([...nobody.accounts, [shop, { exists: true }]]);
  const view = { ...nobody, accounts };
  assert.deepEqual(await refused(whole, { view }), {
    code: "account-not-given",
    account: "shop",
    package: "shop",
  });
  const given = await planned(whole, { view, installer: installer(alice, [shop]) });
  assert.deepEqual(given.prepare.map(shown), [
    ["shop packages join", "alice auth-delg create", "stock packages join"],
  ]);
});

test("an account of another package, or an owner that does not exist, ends the plan", async () => {
  const elsewhere = new Map(nobody.accounts).set(shop, member("other", alice));
  assert.equal(
    (await refused(whole, { view: { ...nobody, accounts: elsewhere } }))?.code,
    "account-in-other-package",
  );
  const view = { ...nobody, accounts: new Map() };
  assert.equal((await refused(whole, { view }))?.code, "owner-missing");
});

test("what is there already is not sent again, wherever the first attempt broke off", async () => {
  const members = new Map(nobody.accounts)
    .set(shop, member("shop", alice))
    .set(stock, member("shop", alice));
  const afterAccounts = { ...nobody, accounts: members };
  const second = await planned(whole, { view: afterAccounts });
  assert.deepEqual(second.prepare, []);
  const half = { ...afterAccounts, missingChunks: new Set([sha256Hex(script.content)]) };
  const third = await planned(whole, { view: half });
  assert.deepEqual(third.upload.map(shown), [["shop sites putchunk"]]);
  const done = await planned(whole, { view: installedView(whole) });
  assert.deepEqual([done.prepare, done.upload, done.switchOver], [[], [], []]);
});

test("the same version again runs its script only by force; what somebody changed since is put right", async () => {
  const view = installedView(whole);
  const changed = { ...member("shop", alice), code: codeView(packText("changed")) };
  const accounts = new Map(view.accounts).set(stock, changed);
  const repaired = await planned(whole, { view: { ...view, accounts } });
  assert.deepEqual(repaired.switchOver.map(shown), [["stock setcode setcode"]]);
  const forced = await planned(whole, { view, force: true });
  assert.deepEqual(forced.switchOver.map(shown), [
    ["shop sites setsinglepage", "alice packages postinstall"],
  ]);
});

test("an upgrade takes away what the new version has no more, together with all that it brings", async () => {
  const next = testPackage(
    { name: "shop", version: "1.1.0", accounts: [shop] },
    { services: [testService("shop", "// new")], files: [script] },
  );
  const plan = await planned(next, { view: installedView(whole) });
  assert.deepEqual(plan.upload, []);
  assert.deepEqual(plan.switchOver.map(shown), [
    [
      "shop sites unlink",
      "shop setcode setcode",
      "stock setcode removecode",
      "alice packages postinstall",
    ],
  ]);
});

test("a lower version is installed only by force", async () => {
  const lower = testPackage({ name: "shop", version: "0.9.0", accounts: [shop] });
  const view = installedView(whole);
  assert.deepEqual(await refused(lower, { view }), {
    code: "version-lower",
    package: "shop",
    version: "0.9.0",
    installed: "1.0.0",
  });
  await planned(lower, { view, force: true });
});

test("code that does not fit beside the rest is staged in pieces, and known code is not", async () => {
  const file = testPackage(
    { name: "shop", accounts: [shop, stock] },
    { services: [longService("shop", 1), longService("stock", 2)], files: [page] },
  );
  const plan = await planned(file);
  const staged = plan.upload.flat().filter(({ method }) => method === "stage");
  assert.equal(staged.length, 4);
  assert.deepEqual(plan.switchOver.map(shown), [
    [
      "shop sites link",
      "shop setcode setcodestaged",
      "stock setcode setcodestaged",
      "alice packages postinstall",
    ],
  ]);
  const [first, second] = file.contents.services;
  assert.ok(first !== undefined && second !== undefined);
  const half = await planned(file, {
    view: {
      ...nobody,
      knownCodes: new Set([sha256Hex(first.code)]),
      stagedPieces: new Map([
        [stock, new Set([sha256Hex(second.code.subarray(0, pieceBytesMax))])],
      ]),
    },
  });
  assert.deepEqual(
    half.upload
      .flat()
      .filter(({ method }) => method === "stage")
      .map(({ sender }) => sender),
    ["stock"],
  );
});

test("more files than one transaction links are linked before, and code, script and record still stay together", async () => {
  const files = Array.from({ length: batchActionsMax + 50 }, (_, at) => {
    return { account: shop, path: `/${at}.txt`, content: packText(String(at)) };
  });
  const file = testPackage(
    { name: "shop", accounts: [shop] },
    { services: [testService("shop")], files: [...files, page], postinstall: [settle] },
  );
  const plan = await planned(file);
  assert.equal(plan.switchOver.length, 3);
  assert.deepEqual(shown(plan.switchOver.at(-1) ?? []), [
    "shop setcode setcode",
    "shop sites setsinglepage",
    "alice packages postinstall",
  ]);
  const links = plan.switchOver.slice(0, -1).flat();
  assert.equal(links.length, files.length + 1);
  for (const batch of [...plan.upload, ...plan.switchOver]) {
    assert.ok(batch.length <= batchActionsMax && bytesOf(batch) <= batchBytesMax);
  }
});

test("as much as the limits of a package allow still switches over in one last transaction", async () => {
  const { data: _data, ...action } = { ...settle, rawData: new Uint8Array(100) };
  const postinstall = Array.from({ length: postinstallActionsMax }, () => action);
  const services = [{ ...testService("shop"), code: noise(batchBytesMax / 2) }];
  const files = Array.from({ length: 2500 }, (_, at) => {
    const name = toHex(sha256(packText(String(at)))).repeat(2);
    return { account: shop, path: `/${name}`, content: packText("x") };
  });
  const file = testPackage({ name: "shop", accounts: [shop] }, { services, postinstall, files });
  const { switchOver } = await planned(file);
  const last = switchOver.at(-1) ?? [];
  assert.equal(last.length, postinstallActionsMax + 2);
  const packed = transactionCodec.pack({
    tapos: { expiration: 0, flags: 0, refBlockIndex: 0 },
    actions: last,
    claims: [],
  });
  assert.ok(packed.length < transactionBytesMax - 2000, `${packed.length}`);
});

test("a manifest of more names than the network keeps is refused before anything is sent", async () => {
  const files = Array.from({ length: 9000 }, (_, at) => {
    const name = toHex(sha256(packText(String(at))));
    return { account: shop, path: `/${name}`, content: packText("x") };
  });
  const file = testPackage({ name: "shop", accounts: [shop] }, { files });
  assert.equal((await refused(file))?.code, "manifest-too-large");
});

test("scripts are packed as the called service declares, and mistakes in them are named", async () => {
  const schema = JSON.stringify({
    service: "shop",
    types: { Amount: { Int: { bits: 32, isSigned: false } } },
    actions: { sellAll: { params: { Object: { amount: "Amount" } } } },
  });
  const service = { ...testService("shop"), info: { flags: [], schema } };
  const make = (action: Partial<PostinstallAction>) =>
    testPackage(
      { name: "shop", accounts: [shop] },
      {
        services: [service],
        postinstall: [
          { sender: shop, service: shop, method: methodNameConstant("sellAll"), ...action },
        ],
      },
    );
  const plan = await planned(make({ data: { amount: 3 } }));
  const sold = plan.switchOver.flat().find(({ service: called }) => called === shop);
  assert.deepEqual(sold?.rawData, Uint8Array.of(4, 0, 3, 0, 0, 0));
  const wrong = [
    [{ data: { amount: -1 } }, "action-data-wrong"],
    [{}, "action-data-wrong"],
    [{ method: methodNameConstant("buy") }, "action-unknown"],
    [{ service: accountNameConstant("unheard-of") }, "schema-unknown"],
  ] as const;
  for (const [action, code] of wrong) assert.equal((await refused(make(action)))?.code, code);
});

test("services that want what no network gives are refused", async () => {
  const of = (info: Package["services"][number]["info"]) =>
    testPackage(
      { name: "shop", accounts: [shop, stock] },
      { services: [{ ...testService("shop"), info }] },
    );
  assert.equal((await refused(of({ flags: ["isPrivileged"] })))?.code, "flag-unsupported");
  assert.equal((await refused(of({ flags: [], server: stock })))?.code, "server-unsupported");
  await planned(of({ flags: ["isVerify"], server: shop }));
});

test("a removal takes away code and files and the record, as far as they are there", () => {
  const view = installedView(whole);
  const removed = view.previous;
  assert.ok(removed !== undefined);
  const plan = planRemoval({ removed, installed: [removed], view, force: false });
  assert.ok(plan.ok);
  assert.deepEqual(plan.value.map(shown), [
    [
      "shop sites unlink",
      "shop sites unlink",
      "shop setcode removecode",
      "stock setcode removecode",
      "alice packages remove",
    ],
  ]);
  const bare = { accounts: new Map(), sites: new Map(), previousManifest: undefined };
  const rest = planRemoval({ removed, installed: [removed], view: bare, force: false });
  assert.deepEqual(rest.ok ? rest.value.map(shown) : rest, [["alice packages remove"]]);
});

test("a package that another one needs is removed only by force", () => {
  const view = installedView(whole);
  const removed = view.previous;
  assert.ok(removed !== undefined);
  const dependent = { ...removed, name: "fair", depends: [{ name: "shop", version: "1" }] };
  const removal = { removed, installed: [removed, dependent], view };
  const plan = planRemoval({ ...removal, force: false });
  assert.deepEqual(plan, {
    ok: false,
    error: { code: "package-needed", package: "shop", by: "fair" },
  });
  assert.ok(planRemoval({ ...removal, force: true }).ok);
});

const setSinglePage = sitesInterface.actions.setSinglePage.args.schema;
const sitesSchema = new Map([
  [
    sitesInterface.name,
    JSON.stringify({ service: "sites", actions: { setSinglePage: { params: setSinglePage } } }),
  ],
]);

const nobody: NetworkView = {
  accounts: new Map<typeof alice, AccountView>([[alice, { exists: true }]]),
  sites: new Map(),
  previous: undefined,
  previousManifest: undefined,
  missingChunks: new Set([page, script].map(({ content }) => sha256Hex(content))),
  knownCodes: new Set(),
  stagedPieces: new Map(),
};

function installer(
  owner = alice,
  given: readonly (typeof alice)[] = [],
): Installation["installer"] {
  return { owner, key: Uint8Array.of(1), given: new Set(given) };
}

function member(name: string, owner: typeof alice): AccountView {
  return { exists: true, package: { owner, name } };
}

function codeView(code: Uint8Array): { readonly vm: number; readonly codeHash: Checksum } {
  return { vm: javaScript, codeHash: sha256Hex(code) };
}

/** Bytes that do not compress. */
function noise(sizeBytes: number, seed = 1): Uint8Array {
  let state = seed;
  return Uint8Array.from({ length: sizeBytes }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state >>> 24;
  });
}

function longService(account: string, seed: number): PackagedService {
  return { ...testService(account), code: noise(900_000, seed) };
}

/** How the network is when this package is installed. */
function installedView({ contents, hash }: PackageFile): NetworkView {
  const { meta, services, files } = contents;
  const codes = new Map(services.map(({ account, code }) => [account, codeView(code)]));
  const accounts = new Map(nobody.accounts);
  for (const account of meta.accounts) {
    const code = codes.get(account);
    accounts.set(account, {
      ...member(meta.name, alice),
      ...(code === undefined ? {} : { code }),
    });
  }
  const previous: InstalledPackage = { ...meta, hash, owner: alice };
  const sites = new Map<
    typeof alice,
    Map<string, { hash: Checksum; contentType: string; immutable: boolean }>
  >();
  for (const { account, path, content } of files) {
    const site = sites.get(account) ?? new Map();
    sites.set(account, site);
    const contentType = path.endsWith(".html")
      ? "text/html; charset=utf-8"
      : "text/javascript; charset=utf-8";
    site.set(path, { hash: sha256Hex(content), contentType, immutable: false });
  }
  return {
    ...nobody,
    accounts,
    sites,
    previous,
    previousManifest: {
      services: meta.services,
      files: files.map(({ account, path }) => ({ account, path })),
    },
    missingChunks: new Set(),
  };
}

async function attempt(
  file: PackageFile,
  parts: Partial<Installation>,
): Promise<ReturnType<typeof planInstall>> {
  const view = parts.view ?? nobody;
  const changed = file.contents.files.filter(
    ({ account, path }) => view.sites.get(account)?.has(path) !== true,
  );
  const changedFiles = await Promise.all(
    changed.map(async ({ account, path, content }) => ({
      account,
      ...(await prepareContent(path, content)),
    })),
  );
  return planInstall({
    file,
    changedFiles,
    installer: installer(),
    view,
    schemaOf: schemasOf([file], sitesSchema),
    force: false,
    ...parts,
  });
}

async function planned(file: PackageFile, parts: Partial<Installation> = {}): Promise<InstallPlan> {
  const made = await attempt(file, parts);
  assert.ok(made.ok, JSON.stringify(made));
  return made.value;
}

async function refused(file: PackageFile, parts: Partial<Installation> = {}) {
  const made = await attempt(file, parts);
  return made.ok ? undefined : made.error;
}

function shown(actions: readonly Action[]): readonly string[] {
  return actions.map(({ sender, service, method }) => `${sender} ${service} ${method}`);
}
