import assert from "node:assert/strict";
import { test } from "node:test";

import { pluginInterface } from "@kith/sdk/plugin-interface";
import { accountsPlugin } from "@kith/sdk/plugins/accounts";
import { permissionsPlugin } from "@kith/sdk/plugins/permissions";
import type { PromptAnswers } from "@kith/sdk/plugins/prompt-kinds";
import { nothing, signature } from "@kith/sdk/signature";
import { accountNameConstant, str } from "@kith/sdk/types";

import { pluginOf } from "../../plugin-machine.ts";
import type { TestBrowser } from "./browser/browser.ts";
import { newBrowser, systemMachine } from "./first-party.ts";

const shop = pluginInterface("shop", {
  look: signature({}, str),
  order: signature({}, nothing),
  pay: signature({}, nothing),
});
const middle = pluginInterface("middle", { pay: signature({}, nothing) });
const code = `
import { described } from "@kith/sdk/described";
import { plugin, pluginFunction } from "@kith/sdk/plugin";
import { pluginInterface } from "@kith/sdk/plugin-interface";
import { nothing, signature } from "@kith/sdk/signature";
import { str } from "@kith/sdk/types";
const nobody = () => undefined;
`;
const machine = systemMachine(
  await pluginOf(`${code}
    export const shop = plugin("shop", { exports: {
      look: pluginFunction({}, str, "low", () => "shelves"),
      order: described("Orders something.", pluginFunction({}, nothing, "medium", nobody)),
      pay: described("Pays with your money.", pluginFunction({}, nothing, "high", nobody)),
    } });`),
  await pluginOf(`${code}
    const shop = pluginInterface("shop", { pay: signature({}, nothing) });
    export const middle = plugin("middle", { imports: [shop], exports: {
      pay: pluginFunction({}, nothing, "none", (context) => context.call(shop).pay({})),
    } });`),
);

const erin = accountNameConstant("erin");
const answered = (answer: PromptAnswers["permission"]["answer"]) => ({ answer });

async function withErin(): Promise<TestBrowser> {
  const browser = newBrowser({ machine });
  await browser.value(accountsPlugin, "create", { name: erin, device: "x", everywhere: true });
  await browser.value(accountsPlugin, "signIn", {}, "board");
  return browser;
}

/** The code of a call by a page of `board`. */
async function tryTo(browser: TestBrowser, name: "look" | "order" | "pay"): Promise<string> {
  return (await browser.call(shop, name, {}, "board")).code;
}

test("who wants what, with what its author says about it and for whom, is asked in one question", async () => {
  const browser = await withErin();
  browser.user.will("permission", (details) => {
    assert.deepEqual(details, {
      caller: "board",
      callee: "shop",
      called: "order",
      doc: "Orders something.",
      level: "medium",
      app: "board",
      user: erin,
    });
    return answered("once");
  });
  assert.equal(await tryTo(browser, "order"), "done");
});

test("an app asks nobody about the plugin of its own account", async () => {
  const browser = await withErin();
  assert.equal((await browser.call(shop, "pay", {}, "shop")).code, "done");
  assert.deepEqual(browser.user.take(), []);
});

test("once is for one call, whatever comes after it", async () => {
  const browser = await withErin();
  for (let calls = 0; calls < 2; calls++) {
    browser.user.will("permission", answered("once"));
    assert.equal(await tryTo(browser, "order"), "done");
  }
  assert.deepEqual(browser.user.take(), ["permission", "permission"]);
  assert.deepEqual(await browser.value(permissionsPlugin, "grants", {}), []);
});

test("always is for this level and lower ones, and a higher one is asked for", async () => {
  const browser = await withErin();
  browser.user.will("permission", answered("always"));
  assert.equal(await tryTo(browser, "order"), "done");
  assert.equal(await tryTo(browser, "order"), "done");
  assert.equal(await tryTo(browser, "look"), "done");
  assert.deepEqual(browser.user.take(), ["permission"]);
  browser.user.will("permission", answered("once"));
  assert.equal(await tryTo(browser, "pay"), "done");
  browser.data.endSession();
  assert.equal(await tryTo(browser, "order"), "done", "also in the next session");
});

test("what is for the session ends with it", async () => {
  const browser = await withErin();
  browser.user.will("permission", answered("session"));
  assert.equal(await tryTo(browser, "order"), "done");
  assert.equal(await tryTo(browser, "order"), "done");
  browser.data.endSession();
  browser.user.willDismiss("permission");
  assert.equal(await tryTo(browser, "order"), "prompt-dismissed");
});

test("never is remembered, for this level and higher ones, and lower ones stay as they were", async () => {
  const browser = await withErin();
  browser.user.will("permission", answered("always"));
  assert.equal(await tryTo(browser, "look"), "done");
  browser.user.will("permission", answered("never"));
  assert.equal(await tryTo(browser, "order"), "permission-denied");
  assert.equal(await tryTo(browser, "order"), "permission-denied");
  assert.equal(await tryTo(browser, "pay"), "permission-denied");
  assert.equal(await tryTo(browser, "look"), "done");
  assert.deepEqual(browser.user.take(), ["permission", "permission"]);
});

test("who turns away has answered nothing, and is asked again", async () => {
  const browser = await withErin();
  browser.user.willDismiss("permission").will("permission", answered("once"));
  assert.equal(await tryTo(browser, "order"), "prompt-dismissed");
  assert.equal(await tryTo(browser, "order"), "done");
});

test("trust is given to whoever calls, not to the app whose page began it, and not to others", async () => {
  const browser = await withErin();
  browser.user.will("permission", ({ caller, app }) => {
    assert.deepEqual([caller, app], ["middle", "board"]);
    return answered("always");
  });
  assert.equal((await browser.call(middle, "pay", {}, "board")).code, "done");
  assert.equal((await browser.call(middle, "pay", {}, "board")).code, "done");
  browser.user.willDismiss("permission");
  assert.equal(await tryTo(browser, "pay"), "prompt-dismissed");
});

test("grants are one user's; another one in the same browser has given none", async () => {
  const browser = await withErin();
  browser.user.will("permission", answered("always"));
  assert.equal(await tryTo(browser, "order"), "done");
  const frank = accountNameConstant("frank");
  await browser.value(accountsPlugin, "create", { name: frank, device: "x", everywhere: true });
  browser.user.will("connect", { answer: "account", account: frank, everywhere: false });
  await browser.value(accountsPlugin, "chooseAccount", {}, "board");
  browser.user.willDismiss("permission");
  assert.equal(await tryTo(browser, "order"), "prompt-dismissed");
});

test("without an account whoever uses the browser decides for it", async () => {
  const browser = newBrowser({ machine });
  browser.user.will("permission", ({ user }) => {
    assert.equal(user, undefined);
    return answered("always");
  });
  assert.equal(await tryTo(browser, "look"), "done");
  assert.equal(await tryTo(browser, "look"), "done");
});

test("home lists what was granted and takes it back; then it is asked for again", async () => {
  const browser = await withErin();
  browser.user.will("permission", answered("always"));
  await tryTo(browser, "look");
  browser.user.will("permission", answered("never"));
  await tryTo(browser, "pay");
  const pair = { caller: accountNameConstant("board"), callee: shop.name };
  const since = browser.network.time * 1_000_000;
  assert.deepEqual(await browser.value(permissionsPlugin, "grants", {}), [
    { ...pair, level: "low", answer: "always", since },
    { ...pair, level: "high", answer: "never", since },
  ]);
  await browser.value(permissionsPlugin, "revoke", pair);
  assert.deepEqual(await browser.value(permissionsPlugin, "grants", {}), []);
  assert.equal((await browser.call(permissionsPlugin, "revoke", pair)).code, "grant-unknown");
  browser.user.willDismiss("permission");
  assert.equal(await tryTo(browser, "look"), "prompt-dismissed");
});

test("only the supervisor has calls authorized, and only home sees and takes back", async () => {
  const browser = await withErin();
  const pair = { caller: accountNameConstant("board"), callee: shop.name };
  const wanted = { ...pair, called: "pay", level: "high" };
  const calls = [
    browser.call(permissionsPlugin, "authorize", wanted, "board"),
    browser.call(permissionsPlugin, "authorize", wanted),
    browser.call(permissionsPlugin, "grants", {}, "board"),
    browser.call(permissionsPlugin, "revoke", pair, "board"),
  ];
  for (const { code: refused } of await Promise.all(calls)) {
    assert.equal(refused, "permission-denied");
  }
});
