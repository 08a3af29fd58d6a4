import assert from "node:assert/strict";
import { test } from "node:test";

import { accountsPlugin } from "@kith/sdk/plugins/accounts";
import { authKeysPlugin } from "@kith/sdk/plugins/auth-keys";
import { accountNameConstant, methodNameConstant } from "@kith/sdk/types";

import { InviteNetwork } from "../invited.ts";
import { day } from "../keyed.ts";
import type { TestBrowser } from "./browser/browser.ts";
import { newBrowser } from "./first-party.ts";

const names = ["erin", "frank", "grace"].map(accountNameConstant);
const [erin = accountNameConstant("erin"), frank, grace] = names;
/** Longer names of actions have a short form. */
const support = methodNameConstant("supportRecovery");
const device = "Firefox on Linux";
const asHelp = { answer: "link", account: erin, device, helpers: "friends" } as const;

type Circle = {
  readonly network: InviteNetwork;
  readonly erins: TestBrowser;
  readonly franks: TestBrowser;
  readonly graces: TestBrowser;
  /** What Erin has after she lost everything. */
  readonly fresh: TestBrowser;
};

/** Erin counts on two friends, of whom both have to agree. */
async function circle(): Promise<Circle> {
  const network = new InviteNetwork();
  const made = names.map(async (name) => {
    const browser = newBrowser({ network });
    await browser.value(accountsPlugin, "create", { name, device, everywhere: false });
    return browser;
  });
  const [erins, franks, graces] = await Promise.all(made);
  assert.ok(erins !== undefined && franks !== undefined && graces !== undefined);
  assert.ok(frank !== undefined && grace !== undefined);
  erins.user.will("confirm", ({ act, user, sentence }) => {
    assert.deepEqual([act, user], ["set-friends", erin]);
    assert.match(sentence, /^2 of frank, grace can .* erin .* 3 days/);
    return { answer: "yes" };
  });
  const friends = { friends: [frank, grace], threshold: 2, delaySeconds: 3 * day };
  await erins.value(authKeysPlugin, "setFriends", friends);
  return { network, erins, franks, graces, fresh: newBrowser({ network }) };
}

type Shown = { readonly fragment: string; readonly code: string };

/** The fresh browser asks friends for help, and its user turns away meanwhile. */
async function asksForHelp(fresh: TestBrowser): Promise<Shown> {
  let shown = { fragment: "", code: "" };
  fresh.user.will("sign-in", asHelp);
  fresh.user.will("add-device", (details) => {
    assert.ok(details.step === "show" && details.helpers === "friends");
    const { hash } = new URL(details.link, "http://home.kith.localhost/");
    shown = { fragment: hash.slice(1), code: details.code };
    return { answer: "look" };
  });
  fresh.user.willDismiss("add-device");
  assert.equal((await fresh.call(accountsPlugin, "signIn", {})).code, "prompt-dismissed");
  return shown;
}

async function helps(friend: TestBrowser, { fragment, code }: Shown): Promise<readonly string[]> {
  friend.user.will("add-device", (details) => {
    assert.ok(details.step === "confirm" && details.helpers === "friends");
    assert.deepEqual([details.account, details.label], [erin, device]);
    return { answer: "code", code, label: device };
  });
  const { transaction, actions } = await friend.call(authKeysPlugin, "helpRecover", { fragment });
  assert.equal(transaction, "done");
  return actions;
}

test("friends bring somebody back who has lost everything, after the delay, and she finishes it herself", async () => {
  const { network, franks, graces, fresh } = await circle();
  const shown = await asksForHelp(fresh);
  assert.deepEqual(await helps(franks, shown), ["frank auth-keys::startrecovery"]);
  assert.deepEqual(await helps(graces, shown), [`grace auth-keys::${support}`]);
  fresh.user.will("sign-in", asHelp);
  fresh.user.will("add-device", { answer: "look" });
  fresh.user.will("add-device", (details) => {
    assert.ok(details.step === "show" && details.isStillWaiting, "the delay is not over");
    network.travel(3 * day + 1);
    return { answer: "look" };
  });
  fresh.user.willDismiss("add-device");
  assert.equal((await fresh.call(accountsPlugin, "signIn", {})).code, "prompt-dismissed");
  network.block([]);
  fresh.user.will("sign-in", ({ waiting }) => {
    assert.deepEqual(waiting, [erin]);
    return asHelp;
  });
  fresh.user.will("add-device", { answer: "look" });
  assert.equal(await fresh.value(accountsPlugin, "signIn", {}), erin);
  const devices = await fresh.value(authKeysPlugin, "devices", {});
  assert.equal(devices.length, 2);
  assert.ok((devices[1]?.matureAt ?? 0) > (devices[1]?.addedAt ?? 0), "it is young");
});

test("an owner who is there after all objects, and nothing comes of it", async () => {
  const { network, erins, franks, graces, fresh } = await circle();
  const shown = await asksForHelp(fresh);
  await helps(franks, shown);
  await helps(graces, shown);
  erins.user.will("confirm", ({ act }) => {
    assert.equal(act, "veto-recovery");
    return { answer: "yes" };
  });
  await erins.value(authKeysPlugin, "vetoRecovery", {});
  network.travel(4 * day);
  network.block([]);
  fresh.user.will("sign-in", asHelp).will("add-device", { answer: "look" });
  fresh.user.willDismiss("add-device");
  assert.equal((await fresh.call(accountsPlugin, "signIn", {})).code, "prompt-dismissed");
});

test("a friend takes his word back, and others cannot finish what has not enough of them", async () => {
  const { network, franks, graces, fresh } = await circle();
  const shown = await asksForHelp(fresh);
  await helps(franks, shown);
  await helps(graces, shown);
  await graces.value(authKeysPlugin, "withdrawSupport", { account: erin });
  network.travel(4 * day);
  const { transaction } = await franks.call(authKeysPlugin, "finishRecovery", { account: erin });
  assert.equal(transaction, "support-missing");
});

test("a friend finishes for the owner once it is time", async () => {
  const { network, franks, graces, fresh } = await circle();
  const shown = await asksForHelp(fresh);
  await helps(franks, shown);
  await helps(graces, shown);
  network.travel(4 * day);
  await franks.value(authKeysPlugin, "finishRecovery", { account: erin });
  fresh.user.will("sign-in", asHelp).will("add-device", { answer: "look" });
  assert.equal(await fresh.value(accountsPlugin, "signIn", {}), erin);
});

test("friends help others, by links that are for friends, and know the code", async () => {
  const { erins, franks, fresh } = await circle();
  const { fragment, code } = await asksForHelp(fresh);
  assert.equal(
    (await erins.call(authKeysPlugin, "helpRecover", { fragment })).code,
    "friend-is-self",
  );
  const forDevices = fragment.replace("help=", "add=");
  const other = await franks.call(authKeysPlugin, "helpRecover", { fragment: forDevices });
  assert.equal(other.code, "link-malformed");
  for (let tries = 0; tries < 5; tries++) {
    const wrong = `${code.slice(0, -1)}${code.endsWith("A") ? "B" : "A"}`;
    franks.user.will("add-device", { answer: "code", code: wrong, label: device });
  }
  assert.equal((await franks.call(authKeysPlugin, "helpRecover", { fragment })).code, "code-wrong");
});

test("friends are chosen and dismissed only when the owner has agreed", async () => {
  const { erins } = await circle();
  erins.user.willDismiss("confirm");
  const dismissed = await erins.call(authKeysPlugin, "clearFriends", {});
  assert.deepEqual([dismissed.code, dismissed.transaction], ["prompt-dismissed", undefined]);
  erins.user.will("confirm", { answer: "yes" });
  await erins.value(authKeysPlugin, "clearFriends", {});
});
