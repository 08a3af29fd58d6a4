import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before } from "node:test";

import type { Frame, Locator, Page } from "playwright-core";

import { Cluster, type ClusterNode } from "../cluster.ts";
import { until } from "../until.ts";
import { browserTests } from "./browser-tests.ts";
import { installApps } from "./install-apps.ts";
import { PasskeyHolder } from "./passkey-holder.ts";
import { frameOf, type Person } from "./person.ts";
import { pressConsent } from "./press.ts";
import { answer, connected, inPage } from "./supervisor-page.ts";
import type { Visit } from "./visit.ts";

/** How people get into their accounts on other devices, from the pages of `home` on a real node. */

const test = browserTests();
let cluster: Cluster;
let node: ClusterNode;

const passkeyMsMax = 60_000;
const dayMs = 24 * 3600 * 1000;
const aheadMs = 2 * dayMs;

before(async () => {
  const preload = join(import.meta.dirname, "../ahead.ts");
  const environment = { KITH_CLOCK_STEP_MS: String(aheadMs) };
  const launch = { words: ["--preload", preload], environment };
  cluster = await Cluster.start(1, { launches: () => Promise.resolve([launch]) });
  node = cluster.only;
  await installApps(cluster, ["notebook"]);
});
after(() => cluster.close());

/** Somebody new, who makes an account at `home`. */
async function newcomer(person: Person, account: string, path = "/devices"): Promise<Page> {
  const page = await person.open(node, "home");
  await page.getByRole("textbox", { name: "Name" }).fill(account);
  await page.getByRole("button", { name: "Create account" }).click();
  const welcome = page.getByRole("heading", { name: "Choose a name, and you are in" });
  await welcome.waitFor({ state: "detached" });
  await page.goto(new URL(path, page.url()).href);
  return page;
}

/** The ways in for somebody who has an account, on a device that knows nobody. */
async function otherWays(page: Page): Promise<Frame> {
  await page.getByRole("button", { name: "Sign in" }).click();
  const frame = await frameOf(page, "supervisor");
  await pressConsent(frame.getByText("I have an account already"));
  return frame;
}

type Shown = { readonly link: string; readonly code: string };

/** What a new device shows to those who may let it in. */
async function showLink(page: Page, way: string, account: string): Promise<Shown> {
  const frame = await otherWays(page);
  await answer(page, way);
  await frame.getByRole("textbox", { name: "Your account's name" }).fill(account);
  await answer(page, "Show the link");
  const code = await frame.locator("p", { hasText: "Code" }).locator("code").innerText();
  const link = await frame.getByText("/#").innerText();
  return { link, code };
}

async function typeCode(page: Page, code: string): Promise<Frame> {
  const frame = await frameOf(page, "supervisor");
  await frame.getByRole("textbox", { name: "The code on the other device" }).fill(code);
  return frame;
}

/** Signs in to the notebook and writes; the code of what went wrong. */
async function writeIn(person: Person, text: string): Promise<string> {
  const page = await connected(await person.open(node, "notebook"));
  const signing = inPage(page, (tools) => tools.accounts.signIn({}));
  await answer(page, /^Continue as/);
  const signed = await signing;
  assert.ok(signed.ok, JSON.stringify(signed));
  return page.evaluate(
    `tools.notebook.actions.write({ text: ${JSON.stringify(text)} }).then((done) => done.ok ? "written" : JSON.stringify(done.error))`,
  );
}

const devicesOf = (page: Page) => page.getByRole("button", { name: /^Actions for/ });

test("a second device is let in by the first, and is out when the first removes it", async (visit) => {
  const laptop = await newcomer(await visit.person({ name: "laptop" }), "alice");
  const other = await visit.person({ name: "phone" });
  const phone = await other.open(node, "home", "/devices");
  const { link, code } = await showLink(
    phone,
    "Let another device of mine add this browser",
    "alice",
  );

  await laptop.getByRole("textbox", { name: "Link from the new device" }).fill(link);
  await laptop.getByRole("button", { name: "Add", exact: true }).click();
  const asked = await typeCode(laptop, "0000-0000");
  await answer(laptop, "Let it in");
  await asked.getByText("That is another code.").waitFor();
  await typeCode(laptop, code);
  await asked.getByRole("textbox", { name: "What to call that device" }).fill("phone");
  await answer(laptop, "Let it in");

  await laptop.getByRole("button", { name: "Actions for phone" }).waitFor();
  assert.equal(await devicesOf(laptop).count(), 2);
  await phone.getByRole("button", { name: "Actions for phone" }).waitFor();
  assert.equal(await writeIn(other, "from the phone"), "written");

  await laptop.getByRole("button", { name: "Actions for phone" }).click();
  await laptop.getByRole("menuitem", { name: "Remove" }).click();
  await answer(laptop, "Remove");
  await laptop.getByRole("button", { name: "Actions for phone" }).waitFor({ state: "detached" });
  visit.problems.allow("console", /status of 4\d\d/);
  const [, notebook] = other.context.pages();
  assert.ok(notebook !== undefined);
  const refused = await inPage(notebook, (tools) =>
    tools.notebook.actions.write({ text: "still here" }),
  );
  assert.ok(!refused.ok && refused.error.code === "transaction-failed", JSON.stringify(refused));
  assert.equal(refused.error.reason, "not-authorized");
  const asking = await inPage(notebook, (tools) => tools.notebook.queries.whoAsks({}));
  assert.ok(!asking.ok && asking.error.code === "refused", JSON.stringify(asking));
  assert.equal(asking.error.reason, "wrong-key", "what it may read is over, too");
});

test("a printed recovery code opens the account, and what it lets in is young", async (visit) => {
  const laptop = await newcomer(await visit.person({ name: "lost" }), "berta");
  await laptop.getByRole("button", { name: "Print a recovery code" }).click();
  const paper = await frameOf(laptop, "supervisor");
  const code = await paper.locator("code").innerText();
  await answer(laptop, "I have it on paper");
  await laptop.getByText("Recovery code", { exact: true }).first().waitFor();
  assert.equal(await devicesOf(laptop).count(), 2);

  const fresh = await visit.person({ name: "new" });
  const page = await fresh.open(node, "home", "/devices");
  const frame = await otherWays(page);
  await answer(page, "Use a recovery code");
  await frame.getByRole("textbox", { name: "Your account's name" }).fill("berta");
  const typed = frame.getByRole("textbox", { name: "The code on your paper" });
  await typed.fill(code.replace(/^./, (first) => (first === "7" ? "8" : "7")));
  await answer(page, "Come in");
  await frame.getByText("This code has a slip in it").waitFor();
  await typed.fill(code.toLowerCase());
  await answer(page, "Come in");
  await page.getByText("New: it cannot change your other devices before").waitFor();
  assert.equal(await devicesOf(page).count(), 3);
  assert.equal(await writeIn(fresh, "back again"), "written");

  // Young: it does not push out who was there before.
  visit.problems.allow("console", /status of 4\d\d/);
  await devicesOf(page).first().click();
  await page.getByRole("menuitem", { name: "Remove" }).click();
  await answer(page, "Remove");
  await page.getByText("This device is too new for that. Use an older one.").waitFor();
});

test("a passkey lets a new device in, which has it from the old one", async (visit) => {
  const old = await visit.person({ name: "old" });
  const holder = await PasskeyHolder.meet(old);
  const laptop = await newcomer(old, "carla");
  await laptop.getByRole("button", { name: "Add a passkey" }).click();
  await openWindowsUntil(laptop, laptop.getByText("Passkey", { exact: true }));
  assert.deepEqual(
    holder.passkeys.map(({ rpId }) => rpId),
    ["supervisor.kith.localhost"],
  );

  const fresh = await visit.person({ name: "new" });
  const taken = await PasskeyHolder.meet(fresh);
  taken.passkeys = holder.passkeys;
  const page = await fresh.open(node, "home", "/devices");
  await otherWays(page);
  await answer(page, "Use a passkey");
  await openWindowsUntil(page, devicesOf(page).nth(2));
  assert.equal(await writeIn(fresh, "by passkey"), "written");
});

/** Presses what opens a window for a passkey as often as it is asked for, until this is there: browsers want a press for each. */
async function openWindowsUntil(page: Page, shown: Locator): Promise<void> {
  const frame = await frameOf(page, "supervisor");
  const button = frame.getByRole("button", { name: "Open the window" });
  await until("the passkey was used", passkeyMsMax, async () => {
    if (await button.isVisible()) await pressConsent(button).catch(() => undefined);
    return shown.isVisible();
  });
}

type Lost = {
  readonly friend: Page;
  readonly owner: Page;
  readonly fresh: Person;
  /** Where the new device shows its link. */
  readonly page: Page;
};

/** An owner who counts on a friend, and the new device of whoever says to be the owner, as it waits. */
async function lost(visit: Visit, names: readonly [string, string]): Promise<Lost> {
  const [friendName, ownerName] = names;
  const friend = await newcomer(await visit.person({ name: "friend" }), friendName, "/friends");
  const owner = await newcomer(await visit.person({ name: "owner" }), ownerName, "/friends");
  await owner.getByRole("textbox", { name: "Names of your friends" }).fill(friendName);
  await owner.getByRole("combobox", { name: "How long you can object" }).selectOption("1");
  await owner.getByRole("button", { name: "Save friends" }).click();
  await answer(owner, "Let them");
  await owner.getByText("Saved.").waitFor();
  const fresh = await visit.person({ name: "new" });
  const page = await fresh.open(node, "home", "/devices");
  const { link, code } = await showLink(page, "Let friends help me in", ownerName);
  await friend.goto(link);
  await friend.reload();
  await friend.getByRole("button", { name: "Help", exact: true }).click();
  await typeCode(friend, code);
  await answer(friend, "Help");
  await friend.getByText("1 of 1 friends agree.").waitFor();
  return { friend, owner, fresh, page };
}

test("an owner who is there after all objects to what friends do, and nothing comes of it", async (visit) => {
  const { owner, friend, page } = await lost(visit, ["ben", "doris"]);
  await owner.reload();
  const warning = owner.getByText("ben wants to let a new device into your account");
  await warning.waitFor();
  await owner.getByRole("button", { name: "Stop it" }).click();
  await answer(owner, "Stop it");
  await warning.waitFor({ state: "detached" });
  await friend.reload();
  await friend.getByRole("textbox", { name: "Link from your friend" }).waitFor();
  assert.equal(await friend.getByText("1 of 1 friends agree.").count(), 0);
  const frame = await frameOf(page, "supervisor");
  await answer(page, "Look now");
  await frame.getByText("Not yet.").waitFor();
});

test("friends let a new device in when the delay is over, also one that was closed meanwhile", async (visit) => {
  const { fresh, page } = await lost(visit, ["frank", "erik"]);
  await page.close();

  // Two days later.
  node.process.signal("SIGUSR2");
  await fresh.context.addInitScript((ms) => {
    const now = Date.now;
    Date.now = () => now() + ms;
  }, aheadMs);
  const later = await fresh.open(node, "home", "/devices");
  await otherWays(later);
  await answer(later, "Let friends help me in");
  await answer(later, "Go on waiting for erik");
  await answer(later, "Look now");
  await later.getByText("New: it cannot change your other devices before").waitFor();
  assert.equal(await devicesOf(later).count(), 2);
  assert.equal(await writeIn(fresh, "thanks to frank"), "written");
});
