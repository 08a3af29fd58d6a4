import assert from "node:assert/strict";
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, test } from "node:test";

import { methodNameConstant } from "@kith/protocol/names";
import { unpackText } from "@kith/protocol/texts";

import type { AppError } from "./app-error.ts";
import { packageApp } from "./package-app.ts";
import { readPackage } from "./read-package.ts";

const root = mkdtempSync(join(tmpdir(), "kith-app-"));
after(() => rmSync(root, { recursive: true }));

const counter = `
import { action, service } from "@kith/sdk/service";
import { table } from "@kith/sdk/table";
import { account, u32 } from "@kith/sdk/types";
import { step } from "./step.ts";

const counts = table("counts", { owner: account, count: u32 }, { key: ["owner"] });
const increment = action({ by: u32 }, u32, (context, { by }) => {
  const before = context.table(counts).get({ owner: context.sender })?.count ?? 0;
  const count = before + by * step;
  context.table(counts).put({ owner: context.sender, count });
  return count;
});
export const counterService = service("counter", { tables: [counts], actions: { increment } });
`;
const app = {
  "package.json": JSON.stringify({
    name: "@people/counter",
    version: "1.2.3",
    description: "Counts.",
  }),
  "service/index.ts": counter,
  "service/step.ts": "export const step = 1 as number;",
  "front-end/index.html": "<h1>count</h1>",
  "plugin/index.ts": `
    import { plugin, pluginFunction } from "@kith/sdk/plugin";
    import { str } from "@kith/sdk/types";
    export const counter = plugin("counter", {
      exports: { name: pluginFunction({}, str, "none", () => "counter") },
    });`,
};

test("an app's folder with a name and a version in package.json is all that it takes", async () => {
  const made = await packageApp(folder(app));
  assert.ok(made.ok, JSON.stringify(made));
  const { contents, bytes, hash } = made.value;
  assert.deepEqual(readPackage(bytes), { ok: true, value: { hash, contents } });
  assert.deepEqual(contents.meta, {
    name: "counter",
    version: "1.2.3",
    description: "Counts.",
    depends: [],
    accounts: ["counter"],
    services: ["counter"],
  });
  assert.deepEqual(
    contents.files.map(({ path }) => path),
    ["/index.html", "/plugin.js", "/plugin.json"],
  );
  const [service] = contents.services;
  const source = unpackText(service?.code ?? new Uint8Array()) ?? "";
  assert.ok(source.startsWith("(()=>{") && source.endsWith("})();\n"));
  assert.ok(source.includes("increment=action("), "names stay readable");
  assert.ok(source.includes("runAsGuest("));
  const schema: unknown = JSON.parse(service?.info.schema ?? "");
  assert.ok(typeof schema === "object" && schema !== null && "actions" in schema);
  assert.deepEqual(Object.keys(schema.actions ?? {}), ["increment"]);
});

test("the same sources give the same bytes in another folder", async () => {
  const first = folder(app);
  const second = join(root, "elsewhere", "deeper", "counter");
  cpSync(first, second, { recursive: true });
  const [one, two] = [await packageApp(first), await packageApp(second)];
  assert.ok(one.ok && two.ok);
  assert.deepEqual(one.value.bytes, two.value.bytes);
});

test("a plugin that stands beside the app's folder gives the same package wherever both are", async () => {
  const { "plugin/index.ts": plugin, ...rest } = app;
  const named = { service: "service/index.ts", plugin: "../../plugins/counter/plugin.ts" };
  const both = (place: string): string => {
    const files = Object.entries(rest).map(([path, text]) => [`apps/counter/${path}`, text]);
    const tree = folder({
      ...Object.fromEntries(files),
      "apps/counter/kith.json": JSON.stringify({ accounts: { counter: named } }),
      "plugins/counter/plugin.ts": plugin,
    });
    const moved = join(root, place);
    cpSync(tree, moved, { recursive: true });
    return join(moved, "apps/counter");
  };
  const [here, there] = [await packageApp(both("here")), await packageApp(both("a/there"))];
  assert.ok(here.ok, JSON.stringify(here));
  assert.ok(there.ok);
  assert.equal(here.value.hash, there.value.hash);
  const { services, files } = here.value.contents;
  assert.deepEqual(
    [...services.map(({ account }) => account), ...files.map(({ path }) => path)],
    ["counter", "/plugin.js", "/plugin.json"],
  );
});

test("kith.json says what a folder cannot: accounts, what is needed, and what runs after the installation", async () => {
  const kith = {
    name: "shop",
    version: "2.0.0",
    depends: { tokens: "^1.0.0", "auth-sig": "0" },
    accounts: {
      shop: { service: "shop.ts", frontEnd: "pages", singlePage: true, csp: "default-src 'self'" },
      stock: { service: "stock.wasm", flags: ["isVerify"] },
    },
    postinstall: [{ sender: "shop", service: "shop", method: "open", data: { day: 1 } }],
  };
  const made = await packageApp(
    folder({
      "kith.json": JSON.stringify(kith),
      "shop.ts": counter
        .replace('service("counter"', 'service("shop"')
        .replace("./step", "./lib/step"),
      "lib/step.ts": app["service/step.ts"],
      "stock.wasm": "\0asm",
      "pages/index.html": "hi",
    }),
  );
  assert.ok(made.ok, JSON.stringify(made));
  const { meta, postinstall, services, files } = made.value.contents;
  assert.deepEqual(meta.depends, [
    { name: "auth-sig", version: "0" },
    { name: "tokens", version: "^1.0.0" },
  ]);
  assert.deepEqual(
    services.map(({ account, vm, info }) => [account, vm, info.flags]),
    [
      ["shop", 0, []],
      ["stock", 1, ["isVerify"]],
    ],
  );
  assert.deepEqual(
    files.map(({ account, path }) => account + path),
    ["shop/index.html"],
  );
  assert.deepEqual(
    postinstall.map(({ service, data }) => [service, data]),
    [
      ["sites", { enabled: true }],
      ["sites", { csp: "default-src 'self'", connect: [] }],
      ["shop", { day: 1 }],
    ],
  );
});

function shopWith(account: object): Readonly<Record<string, string>> {
  return {
    "kith.json": JSON.stringify({ name: "shop", version: "1.0.0", accounts: { shop: account } }),
    "pages/index.html": "hi",
  };
}

async function settingsOf(account: object): Promise<readonly unknown[]> {
  const made = await packageApp(folder(shopWith({ frontEnd: "pages", ...account })));
  assert.ok(made.ok, JSON.stringify(made));
  return made.value.contents.postinstall.map(({ method, data }) => [method, data]);
}

test("an app declares the hosts that its pages talk to, and is held to what it may declare", async () => {
  const connect = Array.from({ length: 16 }, (_, at) => `https://api-${at}.example.org`);
  assert.deepEqual(await settingsOf({ connect }), [[methodNameConstant("setPolicy"), { connect }]]);
  // A site that declares nothing says so: an earlier version may have declared something.
  assert.deepEqual(await settingsOf({}), [[methodNameConstant("setPolicy"), { connect: [] }]]);
  const cases = [
    [{ connect: ["https://api.example.org/v1"] }, /named as https/],
    [{ connect: ["http://api.example.org"] }, /named as https/],
    [{ connect: ["https://*.example.org"] }, /named as https/],
    [{ connect: [...connect, "https://one-more.example.org"] }, /at most 16/],
    [{ connect: ["https://api.example.org"], csp: "default-src 'self'" }, /not both/],
  ] as const;
  for (const [account, reason] of cases) {
    const error = await refusal(shopWith({ frontEnd: "pages", ...account }));
    assert.ok(error?.code === "field-invalid", JSON.stringify(error));
    assert.match(error.field, /^accounts\.shop/);
    assert.match(error.reason, reason);
  }
});

test("mistakes in the author's code are told in esbuild's words, with their place", async () => {
  const cases = [
    ["const x = ;", / index\.ts:1:10:/],
    ['import { x } from "./missing.ts"; export { x };', /Could not resolve "\.\/missing\.ts"/],
    ['import { readFileSync } from "node:fs"; export const x = readFileSync;', /"node:fs"/],
    ['import { nothing } from "./step.ts"; export const x = nothing;', /No matching export/],
  ] as const;
  for (const [source, message] of cases) {
    const error = await refusal({ ...app, "service/index.ts": source });
    assert.ok(error?.code === "bundle-failed", JSON.stringify(error));
    assert.match(error.messages, message);
  }
});

test("an entry that exports no service, two, one that cannot start, or one of another name is refused", async () => {
  const serviceNamed = (name: string) =>
    counter.replace("counterService", "second").replace('service("counter"', `service("${name}"`);
  const cases = [
    ["export const x = 1;", "service-export-missing"],
    [
      `${counter}\nexport const other = service("other", { tables: [], actions: {} });`,
      "service-export-ambiguous",
    ],
    ["export const now = window.now;", "service-does-not-start"],
    ["for (;;) {}", "service-does-not-start"],
    [serviceNamed("other"), "service-name-wrong"],
  ] as const;
  for (const [source, code] of cases) {
    assert.equal((await refusal({ ...app, "service/index.ts": source }))?.code, code);
  }
});

test("a front-end in TypeScript is built, and one that another tool builds is not packaged as its sources", async () => {
  const unbuilt = { ...app, "front-end/main.tsx": "document.title = <b /> ? 'counts' : '';" };
  assert.equal((await refusal(unbuilt))?.code, "front-end-not-built");
  const index = '<script type="module" src="main.tsx"></script>';
  const paths = await pathsOf({ ...unbuilt, "front-end/index.html": index });
  assert.match(paths.join(), /^\/assets\/main-[0-9a-f]{12,}\.js,\/index\.html,\/plugin\./);
  const elsewhere = await pathsOf({ ...unbuilt, "front-end/dist/index.html": "built" });
  assert.match(elsewhere.join(), /^\/index\.html,\/plugin\./);
});

test("kith.json names sources that are built to files of their own names", async () => {
  const made = await packageApp(folder(withEntries(["sw.ts"])));
  assert.ok(made.ok, JSON.stringify(made));
  assert.deepEqual(
    made.value.contents.files.map(({ path }) => path),
    ["/index.html", "/sw.js"],
  );
  assert.equal((await refusal(withEntries(["other.ts"])))?.code, "source-missing");
  assert.equal((await refusal(withEntries(["../sw.ts"])))?.code, "field-invalid");
  assert.equal((await refusal(withEntries(["sw.css"])))?.code, "field-invalid");
});

test("a folder that does not say what it is gets told what is missing", async () => {
  const index = { "front-end/index.html": "x" };
  const named = (json: object) => ({ ...index, "kith.json": JSON.stringify(json) });
  const cases = [
    [index, "app-undescribed"],
    [named({ name: "shop" }), "app-undescribed"],
    [named({ name: "a-very-long-name", version: "1.0.0" }), "field-invalid"],
    [named({ name: "shop", version: "one" }), "field-invalid"],
    [named({ name: "shop", version: "1.0.0", acounts: {} }), "field-invalid"],
    [
      named({ name: "shop", version: "1.0.0", accounts: { shop: { service: "no.ts" } } }),
      "source-missing",
    ],
    [{ "kith.json": '{"name":"shop","version":"1.0.0"}' }, "app-empty"],
    [{ "kith.json": "{" }, "json-malformed"],
  ] as const;
  for (const [files, code] of cases) {
    assert.equal((await refusal(files))?.code, code, JSON.stringify(files));
  }
  assert.deepEqual(await packageApp(join(root, "missing")), {
    ok: false,
    error: { code: "folder-missing", path: join(root, "missing") },
  });
});

function withEntries(entries: readonly string[]): Readonly<Record<string, string>> {
  return {
    "kith.json": JSON.stringify({
      name: "shop",
      version: "1.0.0",
      accounts: { shop: { frontEnd: "pages", entries } },
    }),
    "pages/index.html": "hi",
    "pages/sw.ts": "self.skipWaiting();",
  };
}

async function pathsOf(files: Readonly<Record<string, string>>): Promise<readonly string[]> {
  const made = await packageApp(folder(files));
  assert.ok(made.ok, JSON.stringify(made));
  return made.value.contents.files.map(({ path }) => path);
}

let folders = 0;

function folder(files: Readonly<Record<string, string>>): string {
  const path = join(root, `app-${folders++}`);
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(path, name)), { recursive: true });
    writeFileSync(join(path, name), content);
  }
  return path;
}

async function refusal(files: Readonly<Record<string, string>>): Promise<AppError | undefined> {
  const made = await packageApp(folder(files));
  return made.ok ? undefined : made.error;
}
