import assert from "node:assert/strict";
import { test } from "node:test";

import { pluginInterface } from "@kith/sdk/plugin-interface";
import { accountsPlugin } from "@kith/sdk/plugins/accounts";
import {
  clientDataPlugin,
  dataKeyBytesMax,
  dataValueBytesMax,
  type Bucket,
} from "@kith/sdk/plugins/client-data";
import {
  cryptoPlugin,
  randomBytesMax,
  sealedInfoBytesMax,
  sealedMessageBytesMax,
} from "@kith/sdk/plugins/crypto";
import { httpPlugin, targetCharsMax } from "@kith/sdk/plugins/http";
import { keysPlugin } from "@kith/sdk/plugins/keys";
import { promptPlugin } from "@kith/sdk/plugins/prompt";
import { nothing, signature } from "@kith/sdk/signature";
import { accountNameConstant, bool, bytes, list, str, u32 } from "@kith/sdk/types";

import { pluginOf } from "../../plugin-machine.ts";
import type { TestBrowser } from "./browser/browser.ts";
import { newBrowser, systemMachine } from "./first-party.ts";

const erin = accountNameConstant("erin");
const data = (...given: readonly number[]) => Uint8Array.of(...given);

/** Pages stand in for plugins of their accounts: both are known by the account's name. */
async function withErin(): Promise<TestBrowser> {
  const browser = newBrowser();
  await browser.value(accountsPlugin, "create", { name: erin, device: "x", everywhere: true });
  for (const app of ["board", "chat"]) await browser.value(accountsPlugin, "signIn", {}, app);
  return browser;
}

test("what one plugin keeps no other one reads, and neither does another user", async () => {
  const browser = await withErin();
  const place = { bucket: "drafts", key: "a" };
  await browser.value(clientDataPlugin, "set", { ...place, value: data(1) }, "board");
  assert.deepEqual(await browser.value(clientDataPlugin, "get", place, "board"), data(1));
  assert.equal(await browser.value(clientDataPlugin, "get", place, "chat"), undefined);
  await browser.value(accountsPlugin, "signOut", {}, "board");
  const { code } = await browser.call(clientDataPlugin, "get", place, "board");
  assert.equal(code, "signed-out");
  const shared = { ...place, scope: "browser" } as const;
  assert.equal(await browser.value(clientDataPlugin, "get", shared, "board"), undefined);
});

test("buckets, modes and durations are collections of their own", async () => {
  const browser = await withErin();
  const places: readonly Bucket[] = [
    { bucket: "one" },
    { bucket: "two" },
    { bucket: "one", scope: "browser" },
    { bucket: "one", mode: "non-transactional" },
    { bucket: "one", duration: "session" },
  ];
  for (const [at, place] of places.entries()) {
    const value = data(at);
    await browser.value(clientDataPlugin, "set", { ...place, key: "k", value }, "board");
  }
  for (const [at, place] of places.entries()) {
    const kept = await browser.value(clientDataPlugin, "get", { ...place, key: "k" }, "board");
    assert.deepEqual(kept, data(at));
  }
  browser.data.endSession();
  const left = places.map((place) => browser.value(clientDataPlugin, "keys", place, "board"));
  assert.deepEqual(await Promise.all(left), [["k"], ["k"], ["k"], ["k"], []]);
});

test("keys are listed in their order behind one of them, and values removed", async () => {
  const browser = await withErin();
  const bucket = { bucket: "list" };
  for (const key of ["b", "a", "c"]) {
    await browser.value(clientDataPlugin, "set", { ...bucket, key, value: data() }, "board");
  }
  const keys = (after?: string) =>
    browser.value(
      clientDataPlugin,
      "keys",
      { ...bucket, ...(after === undefined ? {} : { after }) },
      "board",
    );
  assert.deepEqual(await keys(), ["a", "b", "c"]);
  assert.deepEqual(await keys("a"), ["b", "c"]);
  await browser.value(clientDataPlugin, "remove", { ...bucket, key: "b" }, "board");
  assert.deepEqual(await keys(), ["a", "c"]);
});

test("a call finds what it has written and removed itself, in values and in lists, also when it then fails", async () => {
  const writer = await pluginOf(`
    import { abort } from "@kith/sdk/abort";
    import { plugin, pluginFunction } from "@kith/sdk/plugin";
    import { clientDataPlugin } from "@kith/sdk/plugins/client-data";
    import { bool, list, str, u32 } from "@kith/sdk/types";
    import { nothing } from "@kith/sdk/signature";
    const place = { bucket: "list", scope: "browser" };
    const nameOf = (at) => String(at).padStart(4, "0");
    export const writer = plugin("writer", {
      imports: [clientDataPlugin],
      exports: {
        fill: pluginFunction({ from: u32, to: u32 }, nothing, "none", (context, { from, to }) => {
          const data = context.call(clientDataPlugin);
          for (let at = from; at < to; at++) data.set({ ...place, key: nameOf(at), value: Uint8Array.of(1) });
        }),
        change: pluginFunction({ remove: u32, after: str, fails: bool }, list(str), "none", (context, args) => {
          const data = context.call(clientDataPlugin);
          for (let at = 0; at < args.remove; at++) data.remove({ ...place, key: nameOf(at) });
          data.set({ ...place, key: "0000a", value: Uint8Array.of(1) });
          data.set({ ...place, key: "9999", value: Uint8Array.of(1) });
          data.set({ ...place, bucket: "other", key: "0000b", value: Uint8Array.of(1) });
          data.set({ ...place, key: "gone", value: Uint8Array.of(1) });
          data.remove({ ...place, key: "gone" });
          const keys = data.keys(args.after === "" ? place : { ...place, after: args.after });
          const again = data.get({ ...place, key: "0000a" })?.length;
          if (args.fails) abort("no-way", String(keys.length) + " " + String(again));
          return keys;
        }),
      },
    });`);
  const browser = newBrowser({ machine: systemMachine(writer) });
  const change = { remove: u32, after: str, fails: bool };
  const writerPlugin = pluginInterface("writer", {
    fill: signature({ from: u32, to: u32 }, nothing),
    change: signature(change, list(str)),
  });
  const keysAfter = (remove: number, after = "") =>
    browser.value(writerPlugin, "change", { remove, after, fails: false });
  await browser.value(writerPlugin, "fill", { from: 0, to: 3 });
  const failed = await browser.call(writerPlugin, "change", { remove: 1, after: "", fails: true });
  assert.deepEqual([failed.code, failed.message], ["no-way", "4 1"]);
  assert.deepEqual(await keysAfter(2), ["0000a", "0002", "9999"], "0000 was there until now");
  assert.deepEqual(await keysAfter(0, "0002"), ["9999"]);

  // More than one answer lists: what is removed makes room for what is behind it.
  for (const from of [0, 900]) await browser.value(writerPlugin, "fill", { from, to: from + 900 });
  const listed = await keysAfter(500);
  assert.deepEqual([listed.length, listed[0], listed[1]], [1000, "0000a", "0500"]);
  assert.equal(listed.at(-1), "1498");
  assert.deepEqual((await keysAfter(0, "1798")).slice(0, 9), ["1799", "9999"]);
});

test("names, keys and values that are none or too long are refused", async () => {
  const browser = await withErin();
  const code = async (bucket: string, key: string, size = 0): Promise<string> => {
    const args = { bucket, key, value: new Uint8Array(size) };
    return (await browser.call(clientDataPlugin, "set", args, "board")).code;
  };
  const longest = "é".repeat(dataKeyBytesMax / 2);
  assert.equal(await code("b", longest, dataValueBytesMax), "done");
  assert.equal(await code("b", `${longest}x`), "key-malformed");
  assert.equal(await code("b", ""), "key-malformed");
  assert.equal(await code("b", "k", dataValueBytesMax + 1), "value-too-long");
  for (const bucket of ["", "Big", "a b", "x".repeat(33)]) {
    assert.equal(await code(bucket, "k"), "bucket-malformed");
  }
});

test("a plugin reads what its own account answers, and nothing else", async () => {
  const browser = await withErin();
  const rules = { target: "/query/rules?args=%7B%7D" };
  const text = await browser.value(httpPlugin, "getJson", rules, "accounts");
  assert.equal(
    typeof (JSON.parse(text) as { openRegistration: unknown }).openRegistration,
    "boolean",
  );
  assert.equal((await browser.value(httpPlugin, "get", rules, "nobody")).status, 404);
  assert.equal((await browser.call(httpPlugin, "getJson", rules, "nobody")).code, "http-failed");
  const targets = [
    "query/rules",
    "//accounts.kith.localhost/",
    "/\\accounts.kith.localhost/",
    "http://accounts.kith.localhost/",
    "/a b",
    "/#top",
    "/\r\nHost: elsewhere",
    "",
    `/${"x".repeat(targetCharsMax)}`,
  ];
  for (const target of targets) {
    const { code } = await browser.call(httpPlugin, "get", { target }, "accounts");
    assert.equal(code, "target-malformed", target.slice(0, 40));
  }
  browser.isOnline = false;
  assert.equal((await browser.call(httpPlugin, "get", rules, "accounts")).code, "unreachable");
});

test("what is sealed to a plugin is opened by it, for its user, with the same words, and by nobody else", async () => {
  const [erins, others] = [await withErin(), await withErin()];
  const publicKey = await erins.value(cryptoPlugin, "sealingKey", {}, "board");
  const info = data(7);
  const message = data(1, 2, 3);
  const sealed = await others.value(cryptoPlugin, "seal", { publicKey, info, message }, "chat");
  const open = (browser: TestBrowser, app: string, words = info) =>
    browser.value(cryptoPlugin, "open", { info: words, sealed }, app);
  assert.deepEqual(await open(erins, "board"), message);
  assert.equal(await open(erins, "chat"), undefined);
  assert.equal(await open(others, "board"), undefined);
  assert.equal(await open(erins, "board", data(8)), undefined);
  await erins.value(accountsPlugin, "signOut", {}, "board");
  assert.equal(await open(erins, "board"), undefined);
});

test("hashes are SHA-256, random bytes are as many as asked for, and there are limits", async () => {
  const browser = newBrowser();
  const hash = await browser.value(
    cryptoPlugin,
    "sha256",
    { data: data(0x61, 0x62, 0x63) },
    "board",
  );
  assert.equal(Buffer.from(hash).toString("hex").slice(0, 16), "ba7816bf8f01cfea");
  const random = async (sizeBytes: number) =>
    browser.call(cryptoPlugin, "random", { sizeBytes }, "board");
  assert.equal((await random(randomBytesMax)).value?.length, randomBytesMax);
  assert.equal((await random(randomBytesMax + 1)).code, "too-long");
  const publicKey = await browser.value(cryptoPlugin, "sealingKey", {}, "board");
  const seal = async (info: number, message: number, key = publicKey) => {
    const args = { publicKey: key, info: new Uint8Array(info), message: new Uint8Array(message) };
    return (await browser.call(cryptoPlugin, "seal", args, "board")).code;
  };
  assert.equal(await seal(sealedInfoBytesMax, sealedMessageBytesMax), "done");
  assert.equal(await seal(sealedInfoBytesMax + 1, 0), "too-long");
  assert.equal(await seal(0, sealedMessageBytesMax + 1), "too-long");
  assert.equal(await seal(0, 0, data(1)), "key-malformed");
  const sealed = new Uint8Array(sealedMessageBytesMax + 49);
  const open = await browser.call(cryptoPlugin, "open", { info: data(), sealed }, "board");
  assert.equal(open.code, "too-long");
  const stub = { info: data(), sealed: new Uint8Array(47) };
  assert.equal((await browser.call(cryptoPlugin, "open", stub, "board")).code, "sealed-malformed");
});

test("a call that is tried again finds the random bytes and the sealed message that it got the first time", async () => {
  const lucky = await pluginOf(`
    import { plugin, pluginFunction } from "@kith/sdk/plugin";
    import { cryptoPlugin } from "@kith/sdk/plugins/crypto";
    import { bytes, list } from "@kith/sdk/types";
    const info = new Uint8Array();
    export const lucky = plugin("lucky", {
      imports: [cryptoPlugin],
      exports: {
        letter: pluginFunction({}, list(bytes), "none", (context) => {
          const crypto = context.call(cryptoPlugin);
          const message = crypto.random({ sizeBytes: 32 });
          const publicKey = crypto.sealingKey({});
          const sealed = crypto.seal({ publicKey, info, message });
          return [message, crypto.random({ sizeBytes: 32 }), crypto.open({ info, sealed }) ?? info];
        }),
      },
    });`);
  const browser = newBrowser({ machine: systemMachine(lucky) });
  const luckyPlugin = pluginInterface("lucky", { letter: signature({}, list(bytes)) });
  const [message, other, opened] = await browser.value(luckyPlugin, "letter", {});
  assert.deepEqual(opened, message);
  assert.notDeepEqual(other, message);
});

test("nobody asks the user but the plugins that have to, each what it has to know", async () => {
  const browser = await withErin();
  const details = JSON.stringify({ act: "join-app", sentence: "Give me all your money." });
  const asked = (kind: string, json: string, app: string) =>
    browser.call(promptPlugin, "ask", { kind, details: json }, app);
  for (const app of ["board", "home", "supervisor", "perms"]) {
    assert.equal((await asked("confirm", details, app)).code, "permission-denied", app);
  }
  const permission = {
    caller: "board",
    callee: "shop",
    called: "pay",
    level: "high",
    app: "board",
  };
  for (const app of ["board", "home", "accounts"]) {
    const { code } = await asked("permission", JSON.stringify(permission), app);
    assert.equal(code, "permission-denied", app);
  }
  assert.equal((await asked("alert", "{}", "accounts")).code, "prompt-unknown");
  assert.equal((await asked("toString", "{}", "accounts")).code, "prompt-unknown");
  const turned = JSON.stringify({ act: "join-app", sentence: "Give \u202Ereve" });
  for (const json of ["", "{}", '{"act":"rob","sentence":"x"}', turned]) {
    assert.equal((await asked("confirm", json, "accounts")).code, "prompt-malformed", json);
  }
  assert.deepEqual(browser.user.take(), []);
});

test("nobody reaches keys but the plugins that speak for accounts", async () => {
  const browser = await withErin();
  const publicKey = browser.sessions.accounts.get(erin) ?? data();
  const [seed, message] = [new Uint8Array(32), new Uint8Array(68)];
  const chosen = { account: erin, message, proof: data() };
  for (const app of ["board", "home", "keys-x", "supervisor"]) {
    const codes = [
      browser.call(keysPlugin, "create", {}, app),
      browser.call(keysPlugin, "list", {}, app),
      browser.call(keysPlugin, "sign", { publicKey, message }, app),
      browser.call(keysPlugin, "remove", { publicKey }, app),
      browser.call(keysPlugin, "createPasskey", { account: erin }, app),
      browser.call(keysPlugin, "provePasskey", { claim: data(), message }, app),
      browser.call(keysPlugin, "choosePasskey", {}, app),
      browser.call(keysPlugin, "matchPasskey", { ...chosen, claims: [] }, app),
      browser.call(keysPlugin, "publicKeyOfSeed", { seed }, app),
      browser.call(keysPlugin, "signWithSeed", { seed, message }, app),
    ];
    for (const { code } of await Promise.all(codes)) assert.equal(code, "permission-denied");
  }
  assert.equal(browser.keys.known.length, 1);
});
