import assert from "node:assert/strict";
import { test } from "node:test";

import { httpHost } from "@kith/sdk/plugin-host";
import { object, str, u32 } from "@kith/sdk/types";

import { callPlugin, machineWith, ownPlugin, pluginOf } from "../plugin-machine.ts";

const transact = await ownPlugin("plugins/transact/plugin.ts");
const http = await ownPlugin("plugins/http/plugin.ts");

const head = `
import { abort } from "@kith/sdk/abort";
import { plugin, pluginFunction } from "@kith/sdk/plugin";
import { pluginInterface } from "@kith/sdk/plugin-interface";
import { acting } from "@kith/sdk/acting";
import { serviceInterface, signature, nothing } from "@kith/sdk/signature";
import { httpPlugin } from "@kith/sdk/plugins/http";
import { transactPlugin } from "@kith/sdk/plugins/transact";
import { contextHost, dataHost } from "@kith/sdk/plugin-host";
import { object, option, bytes, str, u32 } from "@kith/sdk/types";
const who = pluginInterface("beta", { whoCalls: signature({}, str), loop: signature({}, nothing) });
`;

const alpha = await pluginOf(`${head}
const service = serviceInterface("alpha", { post: signature({ text: str }, nothing) });
export const alpha = plugin("alpha", {
  imports: [transactPlugin, httpPlugin, who],
  exports: {
    add: pluginFunction({ a: u32, b: u32 }, u32, "none", (_, { a, b }) => a + b),
    ask: pluginFunction({}, str, "none", (context) => context.call(who).whoCalls({})),
    caller: pluginFunction({}, str, "none", (context) => context.caller),
    post: pluginFunction({ text: str }, nothing, "low", (context, args) => acting(context, service).post(args)),
    fail: pluginFunction({}, nothing, "none", () => abort("no-way", "it is not to be")),
    loop: pluginFunction({}, nothing, "none", () => { for (;;); }),
    long: pluginFunction({}, nothing, "none", () => {
      let text = "ab".repeat(100_000);
      for (;;) text.indexOf("b".repeat(1000));
    }),
    hoard: pluginFunction({}, nothing, "none", () => { const all = []; for (;;) all.push(new Uint8Array(100_000)); }),
    deep: pluginFunction({}, nothing, "none", () => { const f = (n: number): number => f(n + 1) + 1; f(0); }),
    hostless: pluginFunction({}, nothing, "none", (context) => { context.call(dataHost).keys({ owner: context.self, bucket: "", mode: 1, duration: 1 }); }),
    nosy: pluginFunction({}, nothing, "none", (context) => { for (let n = 0; ; n++) context.call(httpPlugin).get({ target: "/?" + n }); }),
    now: pluginFunction({}, str, "none", () => new Date().toISOString() + typeof Math.random + typeof fetch),
  },
});`);
const beta = await pluginOf(`${head}
export const beta = plugin("beta", {
  exports: {
    whoCalls: pluginFunction({}, str, "none", (context) => context.caller + " for " + context.app),
    loop: pluginFunction({}, nothing, "none", () => { for (;;); }),
    own: pluginFunction({}, str, "max", () => "own"),
  },
});`);

const nothing = new Uint8Array();
const noArgs = object({}).pack({});
const machine = machineWith([transact, http, alpha, beta]);

function text(packed: Uint8Array): string {
  const read = str.unpack(packed);
  assert.ok(read.ok);
  return read.value;
}

test("a page calls a function of a plugin and gets its result", async () => {
  const called = await callPlugin(
    machine,
    "alpha.add",
    object({ a: u32, b: u32 }).pack({ a: 2, b: 3 }),
  );
  assert.ok(called.result.ok);
  assert.deepEqual(u32.unpack(called.result.value), { ok: true, value: 5 });
});

test("a plugin that is called by another one knows which, and which app began it", async () => {
  const called = await callPlugin(machine, "alpha.ask", noArgs, { app: "gamma" });
  assert.ok(called.result.ok);
  assert.equal(text(called.result.value), "alpha for gamma");
});

test("a plugin reaches only those that it declares, and none of the supervisor's functions", async () => {
  const called = await callPlugin(machine, "alpha.hostless", noArgs);
  assert.ok(!called.result.ok);
  assert.equal(called.result.error.code, "not-granted");
});

test("an action that a plugin adds is one of its own service, in the user's name", async () => {
  const called = await callPlugin(
    machine,
    "alpha.post",
    object({ text: str }).pack({ text: "hello" }),
  );
  assert.deepEqual(called.result, { ok: true, value: nothing });
  const [added] = called.actions;
  assert.equal(added?.by, "alpha");
  assert.deepEqual(
    [added.action.sender, added.action.service, added.action.method],
    ["alice", "alpha", "post"],
  );
});

test("what a plugin says when it gives up reaches the page, and nothing it did counts", async () => {
  const called = await callPlugin(machine, "alpha.fail", noArgs);
  assert.deepEqual(called.result, {
    ok: false,
    error: { code: "no-way", message: "it is not to be" },
  });
});

test("plugins that never end, take all memory or go too deep are stopped", async () => {
  const codes: string[] = [];
  for (const method of ["loop", "long", "hoard", "deep"]) {
    const { result } = await callPlugin(machine, `alpha.${method}`, noArgs);
    codes.push(result.ok ? `${method} ended` : result.error.code);
  }
  assert.deepEqual(codes, ["out-of-fuel", "out-of-fuel", "plugin-failed", "plugin-failed"]);
  const after = await callPlugin(machine, "alpha.ask", noArgs);
  assert.ok(after.result.ok, "the next call has a fresh machine");
});

test("a plugin that asks for ever is stopped", async () => {
  const { args, result } = httpHost.functions.get;
  const asked = new Set<string>();
  const { result: ended } = await callPlugin(machine, "alpha.nosy", noArgs, {
    answer: (ask) => {
      const wanted = args.unpack(ask.args);
      assert.ok(wanted.ok);
      asked.add(wanted.value.target);
      const value = result.pack({ status: 200, contentType: "", body: nothing });
      return { ok: true, value };
    },
  });
  assert.equal(ended.ok ? "ended" : ended.error.code, "too-many-questions");
  assert.equal(asked.size, 200);
});

test("a plugin has no clock of its own, no chance and no network", async () => {
  const { result } = await callPlugin(machine, "alpha.now", noArgs);
  assert.ok(result.ok);
  assert.equal(text(result.value), "2023-11-14T22:13:20.000Zundefinedundefined");
});

test("functions of the highest trust are for the plugin's own account", async () => {
  const own = await callPlugin(machine, "beta.own", noArgs);
  assert.ok(own.result.ok);
  const other = await callPlugin(machine, "beta.own", noArgs, { app: "alpha" });
  assert.ok(!other.result.ok);
  assert.equal(other.result.error.code, "permission-denied");
});

test("a plugin that does not start says why when it is called, and keeps no other from working", async () => {
  const broken = await pluginOf(`${head}
export const gamma = plugin("gamma", {
  exports: { go: pluginFunction({}, nothing, "none", () => undefined) },
});`);
  const source = new TextEncoder().encode("throw new Error('not today')");
  const some = machineWith([{ ...broken, source }, beta]);
  const called = await callPlugin(some, "gamma.go", noArgs);
  assert.ok(!called.result.ok);
  assert.equal(called.result.error.code, "plugin-malformed");
  assert.match(called.result.error.message, /not today/);
  assert.ok((await callPlugin(some, "beta.own", noArgs)).result.ok);
});
