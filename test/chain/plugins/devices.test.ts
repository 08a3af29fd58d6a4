import assert from "node:assert/strict";
import { test } from "node:test";

import { keyClaim } from "@kith/sdk/claims";
import { accountsPlugin } from "@kith/sdk/plugins/accounts";
import { authKeysPlugin } from "@kith/sdk/plugins/auth-keys";
import { accountNameConstant, type AccountName } from "@kith/sdk/types";

import { InviteNetwork } from "../invited.ts";
import { laptop as annasLaptop } from "../keyed.ts";
import type { TestBrowser } from "./browser/browser.ts";
import { Authenticator } from "./browser/keys.ts";
import { newBrowser } from "./first-party.ts";

const erin = accountNameConstant("erin");
const mallory = accountNameConstant("mallory");
const laptop = "Firefox on Linux";
const phone = "Chrome on Android";

type People = {
  readonly network: InviteNetwork;
  readonly authenticator: Authenticator;
  /** Where she made her account. */
  readonly old: TestBrowser;
  /** Another one of hers, which knows nothing. */
  readonly fresh: TestBrowser;
};

async function withErin(): Promise<People> {
  const network = new InviteNetwork();
  const authenticator = new Authenticator();
  const old = newBrowser({ network, authenticator });
  await old.value(accountsPlugin, "create", { name: erin, device: laptop, everywhere: false });
  return { network, authenticator, old, fresh: newBrowser({ network, authenticator }) };
}

async function labelsIn(browser: TestBrowser): Promise<readonly string[]> {
  const devices = await browser.value(authKeysPlugin, "devices", {});
  return devices.map(({ role, label }) => `${role}: ${label}`);
}

/** What its owner sees as the device that he is at. */
async function thisIn(browser: TestBrowser): Promise<readonly string[]> {
  const devices = await browser.value(authKeysPlugin, "devices", {});
  return devices.flatMap(({ isThis, label }) => (isThis ? [label] : []));
}

/** What the page of the link gets: all behind the `#`. */
function fragmentOf(link: string): string {
  const url = new URL(link, "http://home.kith.localhost:8080/");
  assert.equal(url.host, "home.kith.localhost:8080");
  return url.hash.slice(1);
}

/** The new browser shows its link; `meanwhile` is what happens until somebody there looks again. */
function showsLink(
  browser: TestBrowser,
  meanwhile: (shown: { readonly link: string; readonly code: string }) => Promise<void>,
  account: AccountName = erin,
): Promise<AccountName> {
  browser.user.will("sign-in", { answer: "link", account, device: phone, helpers: "devices" });
  const asked: Promise<void>[] = [];
  browser.user.will("add-device", (details) => {
    assert.ok(details.step === "show" && !details.isStillWaiting);
    asked.push(meanwhile(details));
    return { answer: "look" };
  });
  browser.user.will("add-device", async (details) => {
    assert.ok(details.step === "show" && details.isStillWaiting, "nobody has added it so soon");
    await Promise.all(asked);
    return { answer: "look" };
  });
  return browser.value(accountsPlugin, "signIn", {});
}

test("a new browser shows a link, an old one opens it and types the code, and both act for the account", async () => {
  const { old, fresh } = await withErin();
  const signedIn = await showsLink(fresh, async ({ link, code }) => {
    assert.match(code, /^[0-9A-Z]{4}-[0-9A-Z]{4}$/);
    old.user.will("add-device", (details) => {
      assert.ok(details.step === "confirm" && !details.isWrong);
      assert.deepEqual([details.account, details.label], [erin, phone]);
      return { answer: "code", code: code.toLowerCase().replace("-", " "), label: "my phone" };
    });
    await old.value(accountsPlugin, "addDevice", { fragment: fragmentOf(link) });
  });
  assert.equal(signedIn, erin);
  assert.deepEqual(await labelsIn(fresh), [`device: ${laptop}`, "device: my phone"]);
  await fresh.value(authKeysPlugin, "renameDevice", { id: 2, label: "phone" });
  assert.deepEqual(await labelsIn(old), [`device: ${laptop}`, "device: phone"]);
  assert.deepEqual([await thisIn(old), await thisIn(fresh)], [[laptop], ["phone"]]);
});

test("a link that somebody has put in place of another has another code", async () => {
  const { old, fresh, network } = await withErin();
  const thief = newBrowser({ network });
  const codes: string[] = [];
  const links: string[] = [];
  for (const browser of [fresh, thief]) {
    browser.user.will("sign-in", {
      answer: "link",
      account: erin,
      device: phone,
      helpers: "devices",
    });
    browser.user.will("add-device", (details) => {
      assert.ok(details.step === "show");
      codes.push(details.code);
      links.push(details.link);
      return { answer: "look" };
    });
    browser.user.willDismiss("add-device");
    assert.equal((await browser.call(accountsPlugin, "signIn", {})).code, "prompt-dismissed");
  }
  const [shown = ""] = codes;
  assert.notEqual(codes[0], codes[1]);
  for (let tries = 0; tries < 5; tries++) {
    old.user.will("add-device", (details) => {
      assert.ok(details.step === "confirm");
      assert.equal(details.isWrong, tries > 0);
      return { answer: "code", code: shown, label: phone };
    });
  }
  const fragment = fragmentOf(links[1] ?? "");
  const { code } = await old.call(accountsPlugin, "addDevice", { fragment });
  assert.equal(code, "code-wrong");
  assert.deepEqual(await labelsIn(old), [`device: ${laptop}`]);
});

test("a new browser is let in by the account that its user has named, and by no other", async () => {
  const { fresh, network } = await withErin();
  const other = newBrowser({ network });
  await other.value(accountsPlugin, "create", { name: mallory, device: laptop, everywhere: false });
  const refused: string[] = [];
  fresh.user.will("sign-in", { answer: "link", account: erin, device: phone, helpers: "devices" });
  fresh.user.will("add-device", async (details) => {
    assert.ok(details.step === "show");
    const fragment = fragmentOf(details.link);
    refused.push((await other.call(accountsPlugin, "addDevice", { fragment })).code);
    // The code is about the account, too.
    for (let tries = 0; tries < 5; tries++) {
      other.user.will("add-device", { answer: "code", code: details.code, label: phone });
    }
    const forged = fragment.replace("account=erin", "account=mallory");
    refused.push((await other.call(accountsPlugin, "addDevice", { fragment: forged })).code);
    // Whose key it is is no secret: anybody may add it to an account of his own.
    const [id = ""] = fresh.keys.known;
    const claim = keyClaim(Buffer.from(id, "hex"));
    const stolen = { claim, role: "device", label: phone } as const;
    assert.equal(network.anna(annasLaptop, "addKey", stolen), "done");
    return { answer: "look" };
  });
  fresh.user.will("add-device", (details) => {
    assert.ok(details.step === "show" && details.isStillWaiting);
    return { answer: "look" };
  });
  fresh.user.willDismiss("add-device");
  assert.equal((await fresh.call(accountsPlugin, "signIn", {})).code, "prompt-dismissed");
  assert.deepEqual(refused, ["other-account", "code-wrong"]);
  assert.equal(fresh.sessions.accounts.size, 0);
});

test("who turns away while a browser waits goes on later with the same key", async () => {
  const { old, fresh } = await withErin();
  const links: string[] = [];
  fresh.user.will("sign-in", { answer: "link", account: erin, device: phone, helpers: "devices" });
  fresh.user.will("add-device", (details) => {
    assert.ok(details.step === "show");
    links.push(details.link);
    return { answer: "look" };
  });
  fresh.user.willDismiss("add-device");
  assert.equal((await fresh.call(accountsPlugin, "signIn", {})).code, "prompt-dismissed");
  fresh.user.will("sign-in", ({ waiting }) => {
    assert.deepEqual(waiting, [erin]);
    return { answer: "link", account: erin, device: phone, helpers: "devices" };
  });
  fresh.user.will("add-device", async (details) => {
    assert.ok(details.step === "show");
    links.push(details.link);
    old.user.will("add-device", { answer: "code", code: details.code, label: phone });
    await old.value(accountsPlugin, "addDevice", { fragment: fragmentOf(details.link) });
    return { answer: "look" };
  });
  assert.equal(await fresh.value(accountsPlugin, "signIn", {}), erin);
  assert.equal(links[0], links[1]);
  assert.equal(fresh.keys.known.length, 1);
});

test("whoever closes the page while a browser waits goes on later with the same key", async () => {
  const { fresh } = await withErin();
  const links: string[] = [];
  const asked = Promise.withResolvers<void>();
  fresh.user.will("sign-in", { answer: "link", account: erin, device: phone, helpers: "devices" });
  fresh.user.will("add-device", async (details) => {
    assert.ok(details.step === "show");
    links.push(details.link);
    asked.resolve();
    // Nobody answers any more, and the call never ends.
    return new Promise(() => undefined);
  });
  void fresh.call(accountsPlugin, "signIn", {});
  await asked.promise;
  fresh.user.will("sign-in", ({ waiting }) => {
    assert.deepEqual(waiting, [erin]);
    return { answer: "link", account: erin, device: phone, helpers: "devices" };
  });
  fresh.user.will("add-device", (details) => {
    assert.ok(details.step === "show");
    links.push(details.link);
    return { answer: "look" };
  });
  fresh.user.willDismiss("add-device");
  assert.equal((await fresh.call(accountsPlugin, "signIn", {})).code, "prompt-dismissed");
  assert.equal(links[0], links[1]);
  assert.equal(fresh.keys.known.length, 1);
});

test("nobody waits for an account that nobody could let in", async () => {
  const { fresh } = await withErin();
  const nobody = accountNameConstant("nobody");
  fresh.user.will("sign-in", {
    answer: "link",
    account: nobody,
    device: phone,
    helpers: "devices",
  });
  fresh.user.will("sign-in", ({ problem }) => {
    assert.deepEqual(problem, { name: nobody, reason: "unknown" });
    return { answer: "new", name: nobody, device: phone, everywhere: false };
  });
  assert.equal(await fresh.value(accountsPlugin, "signIn", {}), nobody);
});

test("links that are none are refused before anybody is asked", async () => {
  const { old } = await withErin();
  const key = "AB".repeat(32);
  const fragments = [
    "",
    "add=",
    `add=${key}`,
    `add=${key}&account=erin`,
    `add=${key.slice(2)}&account=erin&device=x`,
    `add=${key}AB&account=erin&device=x`,
    `add=${key}&account=No%20Name&device=x`,
    `add=${key}&account=erin&device=%00`,
    `help=${key}&account=erin&device=x`,
  ];
  for (const fragment of fragments) {
    const { code } = await old.call(accountsPlugin, "addDevice", { fragment });
    assert.equal(code, "link-malformed", fragment);
  }
});

test("a passkey lets a new browser in, which has a key of its own from then on", async () => {
  const { old, fresh } = await withErin();
  await old.value(accountsPlugin, "addPasskey", { label: "security key" });
  fresh.user.will("sign-in", { answer: "passkey", device: phone });
  assert.equal(await fresh.value(accountsPlugin, "signIn", {}), erin);
  assert.deepEqual(await labelsIn(fresh), [
    `device: ${laptop}`,
    "passkey: security key",
    `device: ${phone}`,
  ]);
});

test("of several passkeys the one that was chosen is the one that signs", async () => {
  const { old, fresh, authenticator } = await withErin();
  await old.value(accountsPlugin, "addPasskey", { label: "one" });
  await old.value(accountsPlugin, "addPasskey", { label: "two" });
  authenticator.chosen = 0;
  fresh.user.will("sign-in", { answer: "passkey", device: phone });
  assert.equal(await fresh.value(accountsPlugin, "signIn", {}), erin);
});

test("a passkey that the account does not know lets nobody in", async () => {
  const { old, fresh, authenticator } = await withErin();
  await old.value(accountsPlugin, "addPasskey", { label: "known" });
  authenticator.make(erin);
  fresh.user.will("sign-in", { answer: "passkey", device: phone });
  fresh.user.will("sign-in", ({ problem }) => {
    assert.deepEqual(problem, { name: erin, reason: "no-passkey" });
    return { answer: "passkey", device: phone };
  });
  fresh.user.willDismiss("sign-in");
  assert.equal((await fresh.call(accountsPlugin, "signIn", {})).code, "prompt-dismissed");
  assert.equal(fresh.keys.known.length, 0);
});

test("a code that was printed lets a browser in, however it is typed; it has to be the account's", async () => {
  const { old, fresh } = await withErin();
  let printed = "";
  old.user.will("recovery-code", ({ account, code }) => {
    assert.equal(account, erin);
    assert.match(code, /^(?:[0-9A-Z]{5}-){4}[0-9A-Z]{5}$/);
    printed = code;
    return { answer: "kept" };
  });
  await old.value(accountsPlugin, "makeRecoveryCode", { label: "paper" });
  fresh.user.will("sign-in", { answer: "recovery-code" });
  const typed = { account: erin, device: phone };
  const last = printed.endsWith("0") ? "1" : "0";
  fresh.user.will("enter-recovery-code", { ...typed, code: printed.slice(0, -1) + last });
  fresh.user.will("enter-recovery-code", ({ problem }) => {
    assert.equal(problem, "malformed");
    return { ...typed, account: mallory, code: printed };
  });
  fresh.user.will("enter-recovery-code", ({ problem }) => {
    // The last character is about the name as well; for one name in 32 it is the same.
    assert.ok(problem !== undefined);
    return { ...typed, code: printed.toLowerCase().replaceAll("-", "").replaceAll("0", "o") };
  });
  const { code, transaction } = await fresh.call(accountsPlugin, "signIn", {});
  assert.deepEqual([code, transaction], ["done", "done"]);
  assert.deepEqual(await labelsIn(old), [
    `device: ${laptop}`,
    "recovery: paper",
    `device: ${phone}`,
  ]);
});

test("a code that nobody has kept opens nothing", async () => {
  const { old } = await withErin();
  old.user.willDismiss("recovery-code");
  const { code, transaction } = await old.call(accountsPlugin, "makeRecoveryCode", { label: "x" });
  assert.deepEqual([code, transaction], ["prompt-dismissed", undefined]);
  assert.deepEqual(await labelsIn(old), [`device: ${laptop}`]);
});

test("a code whose key was taken away is unknown", async () => {
  const { old, fresh } = await withErin();
  let printed = "";
  old.user.will("recovery-code", ({ code }) => {
    printed = code;
    return { answer: "kept" };
  });
  await old.value(accountsPlugin, "makeRecoveryCode", { label: "paper" });
  old.user.will("confirm", ({ act, sentence }) => {
    assert.equal(act, "remove-device");
    assert.match(sentence, /paper/);
    return { answer: "yes" };
  });
  await old.value(authKeysPlugin, "removeDevice", { id: 2 });
  fresh.user.will("sign-in", { answer: "recovery-code" });
  fresh.user.will("enter-recovery-code", { account: erin, device: phone, code: printed });
  fresh.user.will("enter-recovery-code", ({ problem }) => {
    assert.equal(problem, "unknown");
    return { account: erin, device: phone, code: "" };
  });
  fresh.user.willDismiss("enter-recovery-code");
  assert.equal((await fresh.call(accountsPlugin, "signIn", {})).code, "prompt-dismissed");
});

test("a device is taken away once its owner has agreed, and does not act any more", async () => {
  const { old, fresh } = await withErin();
  await old.value(accountsPlugin, "addPasskey", { label: "key" });
  fresh.user.will("sign-in", { answer: "passkey", device: phone });
  await fresh.value(accountsPlugin, "signIn", {});
  old.user.willDismiss("confirm");
  assert.equal(
    (await old.call(authKeysPlugin, "removeDevice", { id: 3 })).code,
    "prompt-dismissed",
  );
  assert.equal((await old.call(authKeysPlugin, "removeDevice", { id: 9 })).code, "key-unknown");
  old.user.will("confirm", { answer: "yes" });
  await old.value(authKeysPlugin, "removeDevice", { id: 3 });
  const { transaction } = await fresh.call(authKeysPlugin, "renameDevice", { id: 1, label: "x" });
  assert.equal(transaction, "wrong-key");
});

test("what is for home is refused to other apps, and what is for accounts to home", async () => {
  const { old } = await withErin();
  const claim = { service: accountNameConstant("verify-sig"), rawData: new Uint8Array(44) };
  const key = { claim, role: "device", label: "x" } as const;
  const calls = [
    old.call(authKeysPlugin, "addKey", key),
    old.call(authKeysPlugin, "addKeyAs", { ...key, account: erin, by: claim }),
    old.call(authKeysPlugin, "keysOf", { account: erin }),
    old.call(authKeysPlugin, "finishAs", { account: erin, claim }),
    old.call(authKeysPlugin, "devices", {}, "board"),
    old.call(authKeysPlugin, "removeDevice", { id: 1 }, "board"),
    old.call(authKeysPlugin, "renameDevice", { id: 1, label: "x" }, "board"),
    old.call(authKeysPlugin, "endSessions", {}, "board"),
    old.call(authKeysPlugin, "setFriends", { friends: [], threshold: 1, delaySeconds: 1 }, "board"),
    old.call(authKeysPlugin, "clearFriends", {}, "board"),
    old.call(authKeysPlugin, "helpRecover", { fragment: "" }, "board"),
    old.call(authKeysPlugin, "withdrawSupport", { account: erin }, "board"),
    old.call(authKeysPlugin, "vetoRecovery", {}, "board"),
    old.call(authKeysPlugin, "finishRecovery", { account: erin }, "board"),
  ];
  for (const { code } of await Promise.all(calls)) assert.equal(code, "permission-denied");
});
