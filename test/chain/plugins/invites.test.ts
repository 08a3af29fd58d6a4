import assert from "node:assert/strict";
import { test } from "node:test";

import { daysMax, memoCharsMax, usesMax } from "@kith/invite-plugin/limits";
import { accountsPlugin } from "@kith/sdk/plugins/accounts";
import { invitePlugin, type InviteTerms } from "@kith/sdk/plugins/invite";
import { accountsInterface } from "@kith/sdk/system/accounts";
import { packAction } from "@kith/sdk/transaction";
import { accountNameConstant } from "@kith/sdk/types";

import { InviteNetwork } from "../invited.ts";
import { day } from "../keyed.ts";
import { owner, ownerKey } from "../network.ts";
import { requireDone } from "../people.ts";
import type { TestBrowser } from "./browser/browser.ts";
import { newBrowser } from "./first-party.ts";

const erin = accountNameConstant("erin");
const frank = accountNameConstant("frank");
/** An account that is there, and has an app as far as invites can tell. */
const app = accountNameConstant("cleo");
const device = "Firefox on Linux";
const terms: InviteTerms = { uses: 2, days: 7, memo: "come in", path: "/welcome?from=erin" };

/** Erin is in `home` of her browser; registration is closed from then on. */
async function withErin(): Promise<{ network: InviteNetwork; erins: TestBrowser }> {
  const network = new InviteNetwork();
  const erins = newBrowser({ network });
  await erins.value(accountsPlugin, "create", { name: erin, device, everywhere: true });
  const closed = packAction(owner, accountsInterface, "setOpenRegistration", { open: false });
  requireDone(network.run([closed], ownerKey));
  return { network, erins };
}

function fragmentOf(link: string): string {
  const url = new URL(link, "http://home.kith.localhost:8080/");
  assert.equal(url.origin, "http://home.kith.localhost:8080");
  return url.hash.slice(1);
}

async function inviteOf(erins: TestBrowser, wanted: Partial<InviteTerms> = {}): Promise<string> {
  const link = await erins.value(invitePlugin, "createFor", { ...terms, ...wanted, app });
  return fragmentOf(link);
}

test("a link makes an account where nobody else could, and leads into the app", async () => {
  const { network, erins } = await withErin();
  const fragment = await inviteOf(erins);
  const franks = newBrowser({ network });
  const shown = await franks.value(invitePlugin, "look", { fragment });
  assert.deepEqual([shown?.inviter, shown?.app, shown?.memo], [erin, app, "come in"]);
  franks.user.will("sign-in", ({ invite, names, accounts }) => {
    assert.deepEqual(invite, { inviter: erin, app, memo: "come in" });
    assert.deepEqual([names?.charsMax, accounts], [10, []]);
    return { answer: "new", name: frank, device, everywhere: true };
  });
  const { value, transaction, actions } = await franks.call(invitePlugin, "accept", { fragment });
  assert.equal(transaction, "done");
  assert.deepEqual(value, { account: frank, app, path: "/welcome?from=erin" });
  assert.deepEqual(actions, ["invite invite::accept"], "the inviter pays");
  assert.equal(await franks.value(accountsPlugin, "signIn", {}, app), frank);
});

test("who has an account comes as who he is, also when it is not the one of the page", async () => {
  const { network, erins } = await withErin();
  const franks = newBrowser({ network });
  const first = await inviteOf(erins, { uses: 1 });
  franks.user.will("sign-in", { answer: "new", name: frank, device, everywhere: true });
  await franks.value(invitePlugin, "accept", { fragment: first });
  const second = await inviteOf(erins);
  const account = { answer: "account", account: frank } as const;
  franks.user.will("sign-in", account);
  // He came to this app by an invite already; the invite is used only once by each.
  const again = await franks.call(invitePlugin, "accept", { fragment: second });
  assert.equal(again.transaction, "joined-already");
  const link = await erins.value(invitePlugin, "createFor", {
    ...terms,
    app: accountNameConstant("dora"),
  });
  await franks.value(accountsPlugin, "signOut", {});
  franks.user.will("sign-in", ({ accounts }) => {
    assert.deepEqual(accounts, [frank]);
    return account;
  });
  const joined = await franks.call(invitePlugin, "accept", { fragment: fragmentOf(link) });
  assert.deepEqual([joined.transaction, joined.actions], ["done", ["frank invite::join"]]);
  assert.equal(await franks.value(accountsPlugin, "current", {}), frank);
});

test("a name that is taken is asked for again, and nothing has been used up", async () => {
  const { network, erins } = await withErin();
  const fragment = await inviteOf(erins, { uses: 1 });
  const franks = newBrowser({ network });
  const fresh = { answer: "new", device, everywhere: false } as const;
  franks.user.will("sign-in", { ...fresh, name: erin });
  franks.user.will("sign-in", ({ problem, invite }) => {
    assert.deepEqual([problem, invite?.inviter], [{ name: erin, reason: "taken" }, erin]);
    return { ...fresh, name: frank };
  });
  await franks.value(invitePlugin, "accept", { fragment });
  const late = newBrowser({ network });
  assert.equal((await late.call(invitePlugin, "accept", { fragment })).code, "invite-used-up");
});

test("invites are listed with their links in the browser that made them, and taken back", async () => {
  const { network, erins } = await withErin();
  const fragment = await inviteOf(erins);
  const [made, ...others] = await erins.value(invitePlugin, "list", {});
  assert.ok(made !== undefined && others.length === 0);
  assert.equal(fragmentOf(made.link ?? ""), fragment);
  assert.deepEqual([made.app, made.uses, made.usesMax, made.state], [app, 0, 2, "open"]);
  await erins.value(invitePlugin, "revoke", { key: made.key });
  const late = newBrowser({ network });
  assert.equal((await late.value(invitePlugin, "look", { fragment }))?.state, "revoked");
  assert.equal((await late.call(invitePlugin, "accept", { fragment })).code, "invite-revoked");
});

test("an invite whose time is over lets nobody in", async () => {
  const { network, erins } = await withErin();
  const fragment = await inviteOf(erins, { days: 1 });
  network.travel(day + 1);
  network.block([]);
  const late = newBrowser({ network });
  assert.equal((await late.call(invitePlugin, "accept", { fragment })).code, "invite-expired");
});

test("an invite that ends while its guest chooses a name leaves no key behind", async () => {
  const { network, erins } = await withErin();
  const fragment = await inviteOf(erins, { days: 1 });
  const franks = newBrowser({ network });
  franks.user.will("sign-in", () => {
    network.travel(day + 1);
    network.block([]);
    return { answer: "new", name: frank, device, everywhere: true };
  });
  const { transaction } = await franks.call(invitePlugin, "accept", { fragment });
  assert.equal(transaction, "invite-expired");
  assert.deepEqual(franks.keys.known, []);
  assert.equal(franks.sessions.accounts.size, 0);
});

test("an app invites into itself, once its user trusts it with that", async () => {
  const { erins } = await withErin();
  await erins.value(accountsPlugin, "signIn", {}, app);
  erins.user.will("permission", ({ caller, callee, level, doc, user }) => {
    assert.deepEqual([caller, callee, level, user], [app, "invite", "medium", erin]);
    assert.match(doc ?? "", /at your expense/);
    return { answer: "never" };
  });
  assert.equal((await erins.call(invitePlugin, "create", terms, app)).code, "permission-denied");
  assert.equal((await erins.call(invitePlugin, "create", terms, app)).code, "permission-denied");
  assert.deepEqual(erins.user.take(), ["permission"]);
  const dora = accountNameConstant("dora");
  await erins.value(accountsPlugin, "signIn", {}, dora);
  erins.user.will("permission", { answer: "once" });
  await erins.value(invitePlugin, "create", terms, dora);
  const [made] = await erins.value(invitePlugin, "list", {});
  assert.equal(made?.app, dora);
});

test("terms that no invite may have are refused before anything is made", async () => {
  const { erins } = await withErin();
  const wrong: readonly (readonly [string, Partial<InviteTerms>])[] = [
    ["uses-wrong", { uses: 0 }],
    ["uses-wrong", { uses: usesMax + 1 }],
    ["days-wrong", { days: 0 }],
    ["days-wrong", { days: daysMax + 1 }],
    ["memo-malformed", { memo: "x".repeat(memoCharsMax + 1) }],
    ["path-malformed", { path: "//elsewhere.org" }],
    ["path-malformed", { path: "/\\elsewhere.org" }],
    ["path-malformed", { path: "welcome" }],
    ["path-malformed", { path: "/a b" }],
    ["path-malformed", { path: `/${"x".repeat(300)}` }],
  ];
  for (const [code, part] of wrong) {
    const called = await erins.call(invitePlugin, "createFor", { ...terms, ...part, app });
    assert.equal(called.code, code, JSON.stringify(part));
  }
  await inviteOf(erins, { uses: usesMax, days: daysMax, memo: "x".repeat(memoCharsMax) });
});

test("links lead nowhere but to a path of the app, whoever wrote them", async () => {
  const { erins } = await withErin();
  const fragment = await inviteOf(erins);
  const [secret = ""] = fragment.split("&");
  const codes = ["//elsewhere.org", "/\\elsewhere.org", "https://elsewhere.org"].map(
    async (path) => {
      const forged = `${secret}&path=${encodeURIComponent(path)}`;
      return (await erins.call(invitePlugin, "accept", { fragment: forged })).code;
    },
  );
  assert.deepEqual(
    await Promise.all(codes),
    codes.map(() => "path-malformed"),
  );
  for (const none of ["", `${secret}A`, secret.slice(0, -1), `${secret}&way=/`]) {
    const { code } = await erins.call(invitePlugin, "look", { fragment: none });
    assert.equal(code, "link-malformed", none);
  }
  const unknown = "A".repeat(43);
  assert.equal(await erins.value(invitePlugin, "look", { fragment: unknown }), undefined);
  assert.equal(
    (await erins.call(invitePlugin, "accept", { fragment: unknown })).code,
    "invite-unknown",
  );
});

test("what is for home is refused to other apps", async () => {
  const { erins } = await withErin();
  const fragment = await inviteOf(erins);
  const calls = [
    erins.call(invitePlugin, "createFor", { ...terms, app }, "board"),
    erins.call(invitePlugin, "look", { fragment }, "board"),
    erins.call(invitePlugin, "accept", { fragment }, "board"),
    erins.call(invitePlugin, "list", {}, "board"),
    erins.call(invitePlugin, "revoke", { key: new Uint8Array(44) }, "board"),
  ];
  for (const { code } of await Promise.all(calls)) assert.equal(code, "permission-denied");
});
