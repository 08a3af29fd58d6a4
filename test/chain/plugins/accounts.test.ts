import assert from "node:assert/strict";
import { test } from "node:test";

import { accountsPlugin } from "@kith/sdk/plugins/accounts";
import { authFunctions, authPlugin } from "@kith/sdk/plugins/auth";
import { authKeysPlugin } from "@kith/sdk/plugins/auth-keys";
import { accountsInterface } from "@kith/sdk/system/accounts";
import { packAction } from "@kith/sdk/transaction";
import { accountNameConstant } from "@kith/sdk/types";

import { InviteNetwork } from "../invited.ts";
import { ownerKey, owner } from "../network.ts";
import { requireDone } from "../people.ts";
import type { TestBrowser } from "./browser/browser.ts";
import { newBrowser } from "./first-party.ts";

const erin = accountNameConstant("erin");
const frank = accountNameConstant("frank");
const board = accountNameConstant("board");
const chat = accountNameConstant("chat");
const device = "Firefox on Linux";
const asNew = (name: typeof erin, everywhere = false) =>
  ({ answer: "new", name, device, everywhere }) as const;

/** A browser whose user has made an account in `home`. */
async function withErin(everywhere = false): Promise<TestBrowser> {
  const browser = newBrowser();
  await browser.value(accountsPlugin, "create", { name: erin, device, everywhere });
  return browser;
}

test("somebody new chooses a name in an app, and is signed in to it with a key of this browser", async () => {
  const browser = newBrowser();
  assert.equal(await browser.value(accountsPlugin, "current", {}, board), undefined);
  browser.user.will("sign-in", asNew(erin));
  assert.equal(await browser.value(accountsPlugin, "signIn", {}, board), erin);
  assert.equal(await browser.value(accountsPlugin, "current", {}, board), erin);
  assert.deepEqual([...browser.sessions.connections], [[board, erin]]);
  assert.deepEqual(browser.keys.known.length, 1);
  await browser.value(accountsPlugin, "switchTo", { account: erin });
  const devices = await browser.value(authKeysPlugin, "devices", {});
  assert.deepEqual(
    devices.map(({ role, label }) => [role, label]),
    [["device", device]],
  );
});

test("whoever is signed in is asked nothing when the app signs in again", async () => {
  const browser = newBrowser();
  browser.user.will("sign-in", asNew(erin));
  await browser.value(accountsPlugin, "signIn", {}, board);
  assert.deepEqual(browser.user.take(), ["sign-in"]);
  assert.equal(await browser.value(accountsPlugin, "signIn", {}, board), erin);
  assert.deepEqual(browser.user.take(), []);
});

test("a name that is taken, reserved or short is asked for again, with the reason", async () => {
  const network = new InviteNetwork();
  requireDone(
    network.run([packAction(owner, accountsInterface, "setFreeNameChars", { chars: 6 })], ownerKey),
  );
  const browser = newBrowser({ network });
  const reasons: unknown[] = [];
  const tries = ["anna", "admin", "short", "longenough"].map(accountNameConstant);
  for (const name of tries) {
    browser.user.will("sign-in", ({ problem, names }) => {
      reasons.push(problem, names);
      return asNew(name);
    });
  }
  assert.equal(await browser.value(accountsPlugin, "signIn", {}, board), "longenough");
  const names = { charsMin: 6, charsMax: 10 };
  assert.deepEqual(reasons, [
    undefined,
    names,
    { name: "anna", reason: "taken" },
    names,
    { name: "admin", reason: "reserved" },
    names,
    { name: "short", reason: "short" },
    names,
  ]);
});

test("where the owner makes accounts nobody is offered to make one", async () => {
  const network = new InviteNetwork();
  const closed = packAction(owner, accountsInterface, "setOpenRegistration", { open: false });
  requireDone(network.run([closed], ownerKey));
  const browser = newBrowser({ network });
  browser.user.will("sign-in", ({ names }) => {
    assert.equal(names, undefined);
    return asNew(erin);
  });
  const { transaction } = await browser.call(accountsPlugin, "signIn", {}, board);
  assert.equal(transaction, "registration-closed");
  assert.deepEqual([...browser.sessions.accounts], [], "what fails is not remembered");
  assert.deepEqual([...browser.sessions.connections], []);
});

test("a second app asks once whether it may know, and nothing is asked of its user after that", async () => {
  const browser = await withErin();
  browser.user.will("connect", ({ app, accounts }) => {
    assert.deepEqual([app, accounts], [board, [erin]]);
    return { answer: "account", account: erin, everywhere: false };
  });
  assert.equal(await browser.value(accountsPlugin, "signIn", {}, board), erin);
  assert.equal(await browser.value(accountsPlugin, "signIn", {}, board), erin);
  assert.deepEqual(browser.user.take(), ["connect"]);
});

test("an app whose user turns away knows nobody", async () => {
  const browser = await withErin();
  browser.user.willDismiss("connect");
  const { code } = await browser.call(accountsPlugin, "signIn", {}, board);
  assert.equal(code, "prompt-dismissed");
  assert.equal(browser.sessions.connections.get(board), undefined);
});

test("who wants to be known everywhere opens another app and is signed in", async () => {
  const browser = await withErin(true);
  assert.equal(await browser.value(accountsPlugin, "signIn", {}, board), erin);
  assert.deepEqual(browser.user.take(), []);
  await browser.value(accountsPlugin, "setEverywhere", { everywhere: false });
  assert.equal(await browser.value(accountsPlugin, "everywhere", {}), false);
  browser.user.will("connect", { answer: "account", account: erin, everywhere: true });
  await browser.value(accountsPlugin, "signIn", {}, chat);
  assert.equal(await browser.value(accountsPlugin, "everywhere", {}), true);
});

test("an app that its user has signed out of asks before it knows him again, also everywhere", async () => {
  const browser = await withErin(true);
  await browser.value(accountsPlugin, "signIn", {}, board);
  await browser.value(accountsPlugin, "signOut", {}, board);
  assert.equal(await browser.value(accountsPlugin, "current", {}, board), undefined);
  browser.user.willDismiss("connect");
  assert.equal((await browser.call(accountsPlugin, "signIn", {}, board)).code, "prompt-dismissed");
  browser.user.will("connect", { answer: "account", account: erin, everywhere: false });
  assert.equal(await browser.value(accountsPlugin, "signIn", {}, board), erin);
});

test("one browser has several accounts; an app's user can be another one, and so can that of home", async () => {
  const browser = await withErin();
  await browser.value(accountsPlugin, "create", { name: frank, device, everywhere: false });
  assert.deepEqual(await browser.value(accountsPlugin, "known", {}), [
    { account: erin, isCurrent: false },
    { account: frank, isCurrent: true },
  ]);
  browser.user.will("connect", ({ accounts }) => {
    assert.deepEqual(accounts, [frank, erin], "who was there last comes first");
    return { answer: "account", account: erin, everywhere: false };
  });
  assert.equal(await browser.value(accountsPlugin, "signIn", {}, board), erin);
  browser.user.will("connect", { answer: "account", account: frank, everywhere: false });
  assert.equal(await browser.value(accountsPlugin, "chooseAccount", {}, board), frank);
  await browser.value(accountsPlugin, "switchTo", { account: erin });
  assert.equal(await browser.value(accountsPlugin, "current", {}), erin);
  assert.equal(await browser.value(accountsPlugin, "current", {}, board), frank);
  const stranger = await browser.call(accountsPlugin, "switchTo", {
    account: accountNameConstant("anna"),
  });
  assert.equal(stranger.code, "account-not-here");
});

test("home sees who is known where, and signs out of an app together with its login tokens", async () => {
  const browser = await withErin(true);
  await browser.value(accountsPlugin, "signIn", {}, "anna");
  const anna = accountNameConstant("anna");
  assert.deepEqual(await browser.value(accountsPlugin, "connectedApps", {}), [
    { app: "home", account: erin },
    { app: anna, account: erin },
  ]);
  const { transaction, actions } = await browser.call(accountsPlugin, "disconnect", { app: anna });
  assert.equal(transaction, "done");
  assert.deepEqual(actions, ["erin auth-keys::endsessions"]);
  assert.equal(browser.sessions.connections.get(anna), undefined);
});

test("an app is signed out of without a word to the network when it knew somebody else", async () => {
  const browser = await withErin(true);
  await browser.value(accountsPlugin, "signIn", {}, board);
  await browser.value(accountsPlugin, "create", { name: frank, device, everywhere: true });
  const { transaction, code } = await browser.call(accountsPlugin, "disconnect", { app: board });
  assert.deepEqual([code, transaction], ["done", undefined]);
  assert.equal(browser.sessions.connections.get(board), undefined);
});

test("an account is forgotten together with its key, once its user has agreed", async () => {
  const browser = await withErin();
  await browser.value(accountsPlugin, "create", { name: frank, device, everywhere: false });
  browser.user.willDismiss("confirm");
  const { code } = await browser.call(accountsPlugin, "forget", { account: frank });
  assert.equal(code, "prompt-dismissed");
  assert.equal(browser.keys.known.length, 2);
  browser.user.will("confirm", { answer: "yes" });
  await browser.value(accountsPlugin, "forget", { account: frank });
  assert.equal(browser.keys.known.length, 1);
  assert.deepEqual([...browser.sessions.accounts.keys()], [erin]);
  assert.deepEqual(await browser.value(accountsPlugin, "known", {}), [
    { account: erin, isCurrent: true },
  ]);
});

test("without a network an app can still learn who is there", async () => {
  const browser = await withErin();
  browser.isOnline = false;
  browser.user.will("connect", { answer: "account", account: erin, everywhere: false });
  assert.equal(await browser.value(accountsPlugin, "signIn", {}, board), erin);
  browser.user.will("connect", { answer: "other" });
  assert.equal(
    (await browser.call(accountsPlugin, "chooseAccount", {}, board)).code,
    "unreachable",
  );
});

test("what is for home is refused to every other app", async () => {
  const browser = await withErin();
  const calls = [
    browser.call(accountsPlugin, "create", { name: frank, device, everywhere: true }, board),
    browser.call(accountsPlugin, "known", {}, board),
    browser.call(accountsPlugin, "switchTo", { account: erin }, board),
    browser.call(accountsPlugin, "everywhere", {}, board),
    browser.call(accountsPlugin, "setEverywhere", { everywhere: true }, board),
    browser.call(accountsPlugin, "forget", { account: erin }, board),
    browser.call(accountsPlugin, "connectedApps", {}, board),
    browser.call(accountsPlugin, "disconnect", { app: chat }, board),
    browser.call(accountsPlugin, "addDevice", { fragment: "" }, board),
    browser.call(accountsPlugin, "addPasskey", { label: "key" }, board),
    browser.call(accountsPlugin, "makeRecoveryCode", { label: "paper" }, board),
    browser.call(accountsPlugin, "welcome", { inviter: erin, app: board, memo: "" }, "home"),
  ];
  for (const { code } of await Promise.all(calls)) assert.equal(code, "permission-denied");
  assert.deepEqual(browser.user.take(), []);
});

test("nobody but the supervisor has claims made and proved", async () => {
  const browser = await withErin();
  const claim = { service: accountNameConstant("verify-sig"), rawData: new Uint8Array(44) };
  const message = new Uint8Array(68);
  for (const plugin of ["accounts", "auth-keys", "auth-sig", "invite"].map(authPlugin)) {
    const { code } = await browser.call(plugin, "prove", { claim, message });
    assert.equal(code, "permission-denied", plugin.name);
  }
  for (const plugin of ["auth-keys", "auth-sig"].map(authPlugin)) {
    const { code } = await browser.call(plugin, "claims", { account: erin, key: message });
    assert.equal(code, "permission-denied", plugin.name);
  }
});

test("keys of accounts sign transactions and nothing else, whoever asks", async () => {
  const browser = await withErin();
  const rawData = browser.sessions.accounts.get(erin);
  assert.ok(rawData !== undefined);
  const claim = { service: accountNameConstant("verify-sig"), rawData };
  const codes: string[] = [];
  for (const message of [
    new Uint8Array(68),
    Uint8Array.of(0, 0xce, 0xa8, 0x54),
    new Uint8Array(),
  ]) {
    const args = authFunctions.prove.args.pack({ claim, message });
    const { result } = await browser.hook("auth-keys", "prove", args);
    codes.push(result.ok ? "signed" : result.error.code);
  }
  assert.deepEqual(
    codes,
    Array.from(codes, () => "message-malformed"),
  );
});
