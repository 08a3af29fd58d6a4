import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";

import { accountNameConstant } from "@kith/protocol/names";
import { unpackText } from "@kith/protocol/texts";

import { Workshop } from "./workshop.ts";

const workshop = new Workshop();
const { node } = workshop;
before(() => workshop.open());
after(() => workshop.close());

/** An app that counts, starts at what its script says, and shows the count on its subdomain. */
function counter(version: string, parts: { readonly step?: number; readonly start?: number } = {}) {
  const { step = 1, start = 10 } = parts;
  return {
    "kith.json": JSON.stringify({
      name: "counter",
      version,
      postinstall: [
        { sender: "counter", service: "counter", method: "start", data: { at: start } },
      ],
    }),
    "service/index.ts": `
import { check } from "@kith/sdk/abort";
import { jsonReply } from "@kith/sdk/reply";
import { action, service } from "@kith/sdk/service";
import { nothing } from "@kith/sdk/signature";
import { table } from "@kith/sdk/table";
import { u32, u8 } from "@kith/sdk/types";

const counts = table("counts", { id: u8, count: u32 }, { key: ["id"] });
const start = action({ at: u32 }, nothing, (context, { at }) => {
  check(at < 1000, "too-high", "it starts below 1000");
  context.table(counts).put({ id: 0, count: at });
});
const increment = action({}, u32, (context) => {
  const count = (context.table(counts).get({ id: 0 })?.count ?? 0) + ${step};
  context.table(counts).put({ id: 0, count });
  return count;
});
export const counter = service("counter", {
  tables: [counts],
  actions: { start, increment },
  http: (context, { path }) =>
    path === "/count" ? jsonReply({ count: context.table(counts).get({ id: 0 })?.count }) : undefined,
});`,
    "front-end/index.html": `<script src="main.js"></script> ${version}`,
    "front-end/main.js": "console.log(1);",
    [`front-end/only-${version}.txt`]: "text",
  };
}

const page = { "front-end/index.html": "<h1>shop</h1>" };

function pageApp(name: string, version: string, depends: Readonly<Record<string, string>> = {}) {
  return { ...page, "kith.json": JSON.stringify({ name, version, depends }) };
}

function calling(service: string, data: object): Readonly<Record<string, string>> {
  const postinstall = [{ sender: "caller", service, method: "start", data }];
  return {
    ...page,
    "kith.json": JSON.stringify({ name: "caller", version: "1.0.0", postinstall }),
  };
}

test("an app is packaged, installed, and runs: its service answers, its pages are served, its script has run", async () => {
  const file = await workshop.package("counter", counter("1.0.0"));
  assert.ok(file.endsWith("packages/counter-1.0.0.psi"));
  const said = await workshop.done("install", file);
  assert.match(said, /^counter 1\.0\.0, new: http:\/\/counter\.kith\.localhost:\d+\n$/);
  assert.deepEqual(countShown(), { count: 10 });
  assert.match(text("/"), /1\.0\.0/);
  assert.match(text("/only-1.0.0.txt"), /text/);
  assert.deepEqual(
    node.done.map((actions) => actions.map(({ method }) => method)),
    [
      ["create", "join"],
      ["putchunk", "putchunk", "putchunk"],
      ["link", "link", "link", "setcode", "setpolicy", "start", "postinstall"],
    ],
  );
  assert.match(
    await workshop.done("list"),
    /^package +version +owner +accounts\ncounter +1\.0\.0 +counter +counter\n$/,
  );
});

test("what is installed already is not sent again", async () => {
  const transactions = node.done.length;
  const said = await workshop.done("install", path("counter-1.0.0.psi"));
  assert.match(said, /^counter 1\.0\.0, as it was/);
  assert.equal(node.done.length, transactions);
});

test("a dry run tells the plan and sends nothing", async () => {
  const transactions = node.done.length;
  await workshop.package("shop", pageApp("shop", "1.0.0", { counter: "^1.0.0" }));
  const said = await workshop.done("install", "shop", "--from", path(), "--dry-run");
  assert.match(said, /^shop 1\.0\.0, new:\n {2}make shop, owned by shop\n {2}upload .* B\n/);
  assert.match(said, /in 3 transactions/);
  assert.equal(node.done.length, transactions);
});

test("an upgrade changes code, pages and record in one moment, and what was is gone", async () => {
  await workshop.package("counter", counter("1.1.0", { step: 5, start: 20 }));
  const said = await workshop.done("install", "counter", "--from", path());
  assert.match(said, /^counter 1\.1\.0, in place of 1\.0\.0/);
  assert.deepEqual(countShown(), { count: 20 });
  assert.match(text("/"), /1\.1\.0/);
  assert.equal(node.get("counter", "/only-1.0.0.txt"), undefined);
  assert.match(text("/only-1.1.0.txt"), /text/);
});

test("a lower version takes force", async () => {
  assert.equal(await workshop.refused("install", path("counter-1.0.0.psi")), "version-lower");
  assert.match(text("/"), /1\.1\.0/);
});

test("a script that fails leaves everything as it was", async () => {
  const file = await workshop.package("counter", counter("1.2.0", { start: 1000 }));
  assert.equal(await workshop.refused("install", file), "too-high");
  assert.deepEqual(countShown(), { count: 20 });
  assert.match(text("/"), /1\.1\.0/);
  const { packages } = JSON.parse(await workshop.done("list", "--json")) as Listed;
  assert.deepEqual(
    packages.map(({ version }) => version),
    ["1.1.0"],
  );
});

test("what a package needs is installed before it, and stays for as long as it is needed", async () => {
  await workshop.package("fair", pageApp("fair", "1.0.0", { shop: "1" }));
  const said = await workshop.done("install", "fair", "--from", path());
  assert.match(said, /^shop 1\.0\.0, new.*\nfair 1\.0\.0, new/);
  assert.equal(await workshop.refused("remove", "counter"), "package-needed");
  assert.equal(await workshop.refused("remove", "nothing"), "package-unknown");
  await workshop.package("late", pageApp("late", "1.0.0", { never: "1" }));
  assert.equal(await workshop.refused("install", "late", "--from", path()), "package-not-found");
});

test("a script may call what is installed already; what is nowhere is named", async () => {
  const file = await workshop.package("caller", calling("counter", { at: 77 }));
  await workshop.done("install", file);
  assert.deepEqual(countShown(), { count: 77 });
  const wrong = await workshop.package("caller", calling("counter", { at: "many" }));
  assert.equal(await workshop.refused("install", wrong), "action-data-wrong");
  const nowhere = await workshop.package("caller", calling("nowhere", {}));
  assert.equal(await workshop.refused("install", nowhere), "schema-unknown");
  await workshop.done("remove", "caller");
});

test("an upgrade that others could not live with takes force", async () => {
  await workshop.package("counter", counter("2.0.0"));
  assert.equal(await workshop.refused("install", "counter", "--from", path()), "dependent-breaks");
});

test("a package is removed with its code and its files, and its account is free again", async () => {
  await workshop.done("remove", "fair");
  await workshop.done("remove", "shop");
  const said = await workshop.done("remove", "counter");
  assert.match(said, /^counter 1\.1\.0 is removed\. Its accounts stay yours: counter\.\n$/);
  assert.equal(node.get("counter", "/count"), undefined);
  assert.equal(node.get("counter", "/"), undefined);
  assert.equal(await workshop.done("list"), "No packages are installed.\n");
});

test("an account that exists is given to a package only on purpose", async () => {
  const file = path("counter-1.0.0.psi");
  assert.equal(await workshop.refused("install", file), "account-not-given");
  await workshop.done("install", file, "--use", "counter");
  assert.deepEqual(countShown(), { count: 10 });
});

test("nobody installs onto an account whose key he does not have, and nothing is uploaded before that is clear", async () => {
  const transactions = node.done.length;
  const other = join(workshop.folder, "mallory.pem");
  await workshop.done("key", "new", "--out", other);
  const file = await workshop.package("trap", {
    "kith.json": JSON.stringify({
      name: "trap",
      version: "1.0.0",
      accounts: { counter: { frontEnd: "pages" } },
    }),
    "pages/index.html": "<h1>mine</h1>",
  });
  assert.equal(await workshop.refused("install", file, "--key", other), "account-in-other-package");
  const wrong = await workshop.refused("install", file, "--key", other, "--use", "counter");
  assert.match(wrong, /not-authorized|wrong-key/);
  assert.equal(node.done.length, transactions);
});

test("packages of one account belong to it: it makes the accounts that they need", async () => {
  await workshop.done("account", "create", "alice");
  const file = await workshop.package("gallery", pageApp("gallery", "1.0.0"));
  await workshop.done("install", file, "--as", "alice");
  const { packages } = JSON.parse(await workshop.done("list", "--json")) as Listed;
  assert.equal(packages.find(({ name }) => name === "gallery")?.owner, "alice");
  // The gallery's account is alice's, so her key signs for it.
  await workshop.package("gallery", { ...pageApp("gallery", "1.0.1"), "front-end/new.txt": "new" });
  await workshop.done("install", "gallery", "--from", path());
  assert.equal(unpackText(node.get("gallery", "/new.txt")?.body ?? new Uint8Array()), "new");
});

test("a package is also fetched from an address; what is none is refused", async () => {
  const file = await workshop.package("poster", pageApp("poster", "1.0.0"));
  node.downloads.set("/files/poster.psi", new Uint8Array(readFileSync(file)));
  await workshop.done("install", `${node.url}/files/poster.psi`);
  assert.match(unpackText(node.get("poster", "/")?.body ?? new Uint8Array()) ?? "", /shop/);
  node.downloads.set("/files/broken.psi", new Uint8Array(readFileSync(file)).subarray(0, 100));
  assert.equal(await workshop.refused("install", `${node.url}/files/broken.psi`), "zip-malformed");
  assert.equal(await workshop.refused("install", `${node.url}/files/none.psi`), "answer-invalid");
  assert.equal(await workshop.refused("install", path("none.psi")), "file-unreadable");
  assert.equal(await workshop.refused("install", "@@"), "usage");
});

test("packages are found by the index of a folder at an address, and fetched only when they are chosen", async () => {
  await workshop.package("base", pageApp("base", "1.0.0"));
  await workshop.package("base", pageApp("base", "1.1.0"));
  await workshop.package("upper", pageApp("upper", "1.0.0", { base: "^1.0.0" }));
  assert.match(await workshop.done("index", path()), /index\.json lists \d+ packages/);
  node.downloads.clear();
  for (const name of ["index.json", "base-1.1.0.psi", "upper-1.0.0.psi"]) {
    node.downloads.set(`/files/${name}`, new Uint8Array(readFileSync(path(name))));
  }
  const said = await workshop.done("install", "upper", "--from", `${node.url}/files/`);
  assert.match(said, /^base 1\.1\.0, new.*\nupper 1\.0\.0, new/);
  const other = new Uint8Array(readFileSync(path("poster-1.0.0.psi")));
  node.downloads.set("/files/upper-1.0.0.psi", other);
  const again = ["install", "upper", "--from", `${node.url}/files`] as const;
  assert.equal(await workshop.refused(...again), "package-not-as-indexed");
  node.downloads.set("/files/index.json", new Uint8Array([1, 2]));
  assert.equal(await workshop.refused(...again), "json-malformed");
});

test("an installation that breaks off anywhere goes on where it stopped", async () => {
  const big = Object.fromEntries(
    Array.from({ length: 6 }, (_, at) => [`front-end/${at}.bin`, noise(at)]),
  );
  const file = await workshop.package("album", { ...pageApp("album", "1.0.0"), ...big });
  const transactions = node.done.length;
  for (let at = 0; ; at++) {
    let seen = 0;
    node.beforeTransaction = () => {
      if (seen++ < 1) return true;
      // The second transaction of each attempt is lost together with whoever sent it.
      workshop.child?.kill("SIGKILL");
      return false;
    };
    const { status } = await workshop.kith("install", file);
    if (status === 0) break;
    assert.ok(at < 10, "it never ends");
  }
  node.beforeTransaction = () => true;
  const sent = node.done.slice(transactions).flat();
  const chunks = sent.filter(({ method }) => method === "putchunk");
  // The page is that of other packages.
  assert.equal(chunks.length, 6, "nothing was uploaded twice");
  assert.ok(node.done.length - transactions >= 4, "it took several attempts");
  for (let at = 0; at < 6; at++) assert.equal(node.get("album", `/${at}.bin`)?.status, 200);
});

type Listed = {
  readonly packages: readonly {
    readonly name: string;
    readonly version: string;
    readonly owner: string;
  }[];
};

function path(name = ""): string {
  return join(workshop.folder, "packages", name);
}

function countShown(): unknown {
  const reply = node.network.chain.query(accountNameConstant("counter"), {
    method: "GET",
    host: `counter.${node.rootHost}`,
    rootHost: node.rootHost,
    path: "/count",
    query: "",
    headers: [],
    body: new Uint8Array(),
  });
  return JSON.parse(unpackText(reply?.body ?? new Uint8Array()) ?? "");
}

function text(target: string): string {
  return unpackText(node.get("counter", target)?.body ?? new Uint8Array()) ?? "";
}

/** 250 kB that do not compress well. */
function noise(seed: number): string {
  let state = seed + 1;
  const characters = Array.from({ length: 250_000 }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return String.fromCharCode(33 + ((state >>> 24) % 90));
  });
  return characters.join("");
}
