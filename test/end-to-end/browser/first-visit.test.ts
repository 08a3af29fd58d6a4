import assert from "node:assert/strict";
import { after, before } from "node:test";

import type { Page } from "playwright-core";

import { Cluster, settleMs, type ClusterNode } from "../cluster.ts";
import { until } from "../until.ts";
import type { PageTools } from "./apps/page-tools.ts";
import { browserTests } from "./browser-tests.ts";
import { installApps, installGuideApp, upgradeApp } from "./install-apps.ts";
import { frameOf, type Person } from "./person.ts";
import { pressConsent } from "./press.ts";
import { answer, beginAs, connected, inPage } from "./supervisor-page.ts";

const test = browserTests();
let cluster: Cluster;
let node: ClusterNode;

before(async () => {
  cluster = await Cluster.start(1);
  node = cluster.only;
  await installApps(cluster, ["notebook", "visitor"]);
  await installGuideApp(cluster);
});
after(() => cluster.close());

/** Somebody with an account, on the notebook's page. */
async function signedIn(person: Person, account: string) {
  const page = await connected(await person.open(node, "notebook"));
  const signing = inPage(page, (tools) => tools.accounts.signIn({}));
  await beginAs(page, account);
  const signed = await signing;
  assert.ok(signed.ok, JSON.stringify(signed));
  return page;
}

test("a first visit ends with an account and a first note, and nothing was installed or confirmed", async (visit) => {
  const person = await visit.person();
  const page = await signedIn(person, "alice");
  await page.getByText("alice", { exact: true }).waitFor();
  const written = await inPage(page, (tools) => tools.notebook.actions.write({ text: "first" }));
  assert.ok(written.ok, JSON.stringify(written));
  assert.equal(written.value.value, 1);
  await page.getByText("alice: first").waitFor();
  const asked = await inPage(page, (tools) => tools.notebook.queries.whoAsks({}));
  assert.deepEqual(asked, { ok: true, value: ["alice"] }, "the service knows who asks");
  const engines = await (await frameOf(page, "supervisor")).evaluate(enginesLoaded);
  assert.equal(engines.length, 1, "the first part of the engine is enough for what is ordinary");
});

/** Runs in the supervisor's frame. */
function enginesLoaded(): readonly string[] {
  const loaded = performance.getEntriesByType("resource").map(({ name }) => name);
  return loaded.filter((name) => name.endsWith(".wasm"));
}

test("whoever is signed in to one app is so in the next, without a question", async (visit) => {
  const person = await visit.person();
  await signedIn(person, "berta");
  const page = await connected(await person.open(node, "visitor"));
  const signed = await inPage(page, (tools) => tools.accounts.signIn({}));
  assert.ok(signed.ok);
  assert.equal(signed.value.value, "berta");
  await page.getByText("berta", { exact: true }).waitFor();
});

test("an app that acts in another one asks once, naming both, and a no is a no", async (visit) => {
  const person = await visit.person();
  await signedIn(person, "carla");
  const page = await connected(await person.open(node, "visitor"));
  await inPage(page, (tools) => tools.accounts.signIn({}));

  const refused = inPage(page, (tools) => tools.plugin.add({ text: "for you" }));
  const frame = await frameOf(page, "supervisor");
  await frame.getByText("visitor asks to use notebook in your name, carla.").waitFor();
  await answer(page, "Not now");
  const no = await refused;
  assert.ok(!no.ok);
  assert.match(no.error.code, /^(prompt-dismissed|permission-denied)$/);

  const allowed = inPage(page, (tools) => tools.plugin.add({ text: "for you" }));
  await pressConsent(frame.getByRole("radio", { name: "Always" }));
  await answer(page, "Allow");
  const yes = await allowed;
  assert.ok(yes.ok, JSON.stringify(yes));
  assert.notEqual(yes.value.blockNum, undefined);

  const again = await inPage(page, (tools) => tools.plugin.add({ text: "and again" }));
  assert.ok(again.ok, "it is not asked twice");
  const caller = await inPage(page, (tools) => tools.plugin.caller({}));
  assert.ok(caller.ok);
  assert.equal(caller.value.value, "visitor", "a plugin knows its true caller");
});

test("what a plugin adds is one transaction, and what a service refuses reaches the page with its reason", async (visit) => {
  const person = await visit.person();
  const page = await signedIn(person, "doris");
  const twice = await inPage(page, (tools) => tools.plugin.addTwice({ text: "two" }));
  assert.ok(twice.ok, JSON.stringify(twice));
  const notes = await inPage(page, (tools) => tools.notebook.queries.recent({ limit: 2 }));
  assert.ok(notes.ok);
  assert.deepEqual(
    notes.value.map(({ by, text }) => [by, text]),
    [
      ["doris", "two"],
      ["doris", "two"],
    ],
  );
  const twins = await inPage(page, (tools) =>
    Promise.all([1, 2].map(() => tools.notebook.actions.write({ text: "twin" }))),
  );
  assert.ok(
    twins.every(({ ok }) => ok),
    JSON.stringify(twins),
  );
  const ids = twins.map((twin) => (twin.ok ? twin.value.value : 0));
  assert.equal(new Set(ids).size, 2, "the same thing done twice in a moment is two writes");
  visit.problems.allow("console", /status of 422/);
  const empty = await inPage(page, (tools) => tools.plugin.addTwice({ text: " " }));
  assert.ok(!empty.ok);
  assert.equal(empty.error.code, "note-empty");
});

test("what is written without a network is kept, shown as waiting, and sent when there is one again", async (visit) => {
  const person = await visit.person();
  const page = await signedIn(person, "emily");
  await inPage(page, (tools) => tools.notebook.actions.write({ text: "online" }));
  visit.problems.allowSilence();
  visit.problems.allowBrokenInstallation();
  await person.offline(true);
  const queued = await inPage(page, (tools) => tools.notebook.actions.write({ text: "offline" }));
  assert.ok(!queued.ok);
  assert.equal(queued.error.code, "queued");
  const waiting = await inPage(page, (tools) => tools.kith.writes.map(({ state }) => state));
  assert.ok(waiting.includes("queued"), JSON.stringify(waiting));
  await person.offline(false);
  await page.getByText("emily: offline").waitFor();
});

test("a key is kept when its account is, and is gone when somebody else was faster", async (visit) => {
  const [slow, fast] = [await visit.person({ name: "slow" }), await visit.person()];
  visit.problems.allow("console", /ERR_FAILED|status of 4/);
  await slow.context.route("**/push_transaction*", (route) => route.abort());
  const waits = await connected(await slow.open(node, "notebook"));
  const signing = inPage(waits, (tools) => tools.accounts.signIn({}));
  await beginAs(waits, "hannah");
  const signed = await signing;
  assert.ok(signed.ok && signed.value.isQueued, JSON.stringify(signed));
  assert.deepEqual(await keysOf(waits), ["provisional"]);

  const page = await signedIn(fast, "hannah");
  assert.deepEqual(await keysOf(page), ["kept"]);

  await slow.context.unroute("**/push_transaction*");
  await until("the slow one's write has failed", settleMs, async () => {
    const states = await inPage(waits, (tools) => tools.kith.writes.map(({ state }) => state));
    return states.includes("failed") ? true : undefined;
  });
  assert.deepEqual(await keysOf(waits), []);
});

test("what is sealed to somebody's plugin is read by that plugin, in her browser, and by no other app or person", async (visit) => {
  const [fiona, georg] = [await visit.person({ name: "fiona" }), await visit.person()];
  const own = await signedIn(fiona, "fiona");
  const key = await inPage(own, async (tools) => {
    const given = await tools.plugin.letterbox({});
    return given.ok ? [...given.value.value] : given.error.code;
  });
  assert.ok(Array.isArray(key) && key.length === 32, JSON.stringify(key));

  const theirs = await signedIn(georg, "georg");
  const letter = await inPage(theirs, seal, key);
  assert.ok(Array.isArray(letter), JSON.stringify(letter));
  assert.equal(await inPage(own, read, letter), "see you at noon");
  assert.equal(await inPage(theirs, read, letter), undefined, "it is not to him");
  await own.reload();
  await connected(own);
  assert.equal(await inPage(own, read, letter), "see you at noon", "the key is kept");

  const elsewhere = await connected(await fiona.open(node, "visitor"));
  await inPage(elsewhere, (tools) => tools.accounts.signIn({}));
  const opened = await inPage(
    elsewhere,
    async (tools, sealed: number[]) => {
      const info = new TextEncoder().encode("letter");
      const found = await tools.crypto.open({ info, sealed: Uint8Array.from(sealed) });
      return found.ok ? (found.value.value ?? "nothing") : found.error.code;
    },
    letter,
  );
  assert.equal(opened, "nothing", "another app of the same person");
});

test("a page that is open while its app is upgraded goes on with the new plugin, as far as that takes what it has", async (visit) => {
  visit.problems.allowMixedInstallation();
  const person = await visit.person();
  const page = await signedIn(person, "ida");
  assert.equal(await inPage(page, hop), 0);
  const spin = { path: "interface.ts", from: "{ rounds: u32 }", to: "{ rounds: u32, by: u32 }" };
  const found = { path: "plugin/index.ts", from: "let found = 0", to: "let found = 1000" };
  await upgradeApp(cluster, "notebook", [spin, found]);
  visit.problems.allow("console", /status of 422/);
  const failed = await inPage(page, (tools) => tools.plugin.addTwice({ text: " " }));
  assert.ok(!failed.ok);
  assert.equal(await inPage(page, hop), 1000, "after a failure it is looked for a new one");
  const changed = await inPage(page, (tools) => tools.plugin.spin({ rounds: 1 }));
  assert.equal(changed.ok ? "" : changed.error.code, "plugin-changed");

  await page.reload();
  await connected(page);
  const spun = await inPage(page, (tools) => tools.plugin.spin(Object({ rounds: 1, by: 2 })));
  assert.ok(spun.ok, JSON.stringify(spun));
});

/** What the plugin says of no calls at all. */
async function hop({ plugin }: PageTools): Promise<number | string> {
  const called = await plugin.hop({ times: 0 });
  return called.ok ? called.value.value : called.error.code;
}

/** How the supervisor in this page keeps this browser's keys. */
async function keysOf(page: Page): Promise<readonly string[]> {
  const frame = await frameOf(page, "supervisor");
  return frame.evaluate(async () => {
    const opening = indexedDB.open("kith");
    await new Promise((resolve) => opening.addEventListener("success", resolve));
    const listing = opening.result.transaction("keys").objectStore("keys").getAll();
    await new Promise((resolve) => listing.addEventListener("success", resolve));
    opening.result.close();
    const rows: unknown[] = listing.result;
    return rows.map((row) =>
      Reflect.get(Object(row), "isProvisional") === true ? "provisional" : "kept",
    );
  });
}

/** A letter to whoever has this key. */
async function seal(tools: PageTools, publicKey: number[]): Promise<number[] | string> {
  const words = new TextEncoder();
  const [info, message] = [words.encode("letter"), words.encode("see you at noon")];
  const args = { publicKey: Uint8Array.from(publicKey), info, message };
  const sealed = await tools.crypto.seal(args);
  return sealed.ok ? [...sealed.value.value] : sealed.error.code;
}

/** What is in a letter; undefined for one to somebody else. */
async function read(tools: PageTools, sealed: number[]): Promise<string | undefined> {
  const opened = await tools.plugin.read({ letter: Uint8Array.from(sealed) });
  return opened.ok ? opened.value.value : opened.error.code;
}

test("the app that authors begin with pledges for somebody new, and shows it", async (visit) => {
  const person = await visit.person();
  const page = await person.open(node, "pledgebook");
  const total = page.getByRole("status");
  await total.getByText("0", { exact: true }).waitFor();
  await page.getByRole("button", { name: "Pledge one more" }).click();
  await beginAs(page, "felix");
  await total.getByText("1", { exact: true }).waitFor();
  await page.getByRole("button", { name: "Pledge one more" }).click();
  await total.getByText("2", { exact: true }).waitFor();
  assert.equal(await page.getByRole("alert").textContent(), "");
});
