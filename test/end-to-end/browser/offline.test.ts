import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before } from "node:test";

import type { Page } from "playwright-core";

import { Cluster, type ClusterNode } from "../cluster.ts";
import { kithDone } from "../kith.ts";
import { until } from "../until.ts";
import { browserTests } from "./browser-tests.ts";
import { installApps } from "./install-apps.ts";
import { isTakenOver, keptBy, keptOffline, knowsHowToSign } from "./kept-offline.ts";
import { takeScreenshot } from "./screenshots.ts";
import { siteUrl } from "./site-url.ts";
import { beginAs, connected, inPage } from "./supervisor-page.ts";

const test = browserTests();
let cluster: Cluster;
let node: ClusterNode;

before(async () => {
  cluster = await Cluster.start(1);
  node = cluster.only;
  await installApps(cluster, ["notebook", "visitor"]);
});
after(() => cluster.close());

/** A node that was just started takes a while for its first block, and the page for its next attempt. */
const sentMsMax = 60_000;

async function signIn(page: Page, account: string): Promise<void> {
  const signing = inPage(page, (tools) => tools.accounts.signIn({}));
  await beginAs(page, account);
  const signed = await signing;
  assert.ok(signed.ok, JSON.stringify(signed));
}

test("a visited app opens without network, with its user, its plugins and what waits to be sent", async (visit) => {
  visit.problems.allowSilence();
  const person = await visit.person();
  const page = await connected(await person.open(node, "notebook"));
  await signIn(page, "alice");
  await inPage(page, (tools) => tools.notebook.actions.write({ text: "online" }));
  await page.getByText("alice: online").waitFor();
  await keptOffline(page);

  await person.offline(true);
  await connected(page);
  await page.reload();
  await connected(page);
  await page.getByText("alice", { exact: true }).waitFor();
  const caller = await inPage(page, (tools) => tools.plugin.caller({}));
  assert.ok(caller.ok && caller.value.value === "notebook", JSON.stringify(caller));
  const written = await inPage(page, (tools) => tools.notebook.actions.write({ text: "offline" }));
  assert.ok(!written.ok && written.error.code === "queued", JSON.stringify(written));

  await page.reload();
  await connected(page);
  assert.deepEqual(await unsentIn(page), ["queued"], "what an earlier page has left is there");

  await person.offline(false);
  await page.getByText("alice: offline").waitFor();
  const paths = (await keptBy(page)).flat();
  const wrong = paths.filter((path) => path !== "/" && !path.startsWith("/assets/"));
  assert.deepEqual(wrong, [], "nothing is kept but the app's files");
  assert.ok(paths.includes("/") && paths.length > 1);
});

test("keeping an app costs a first visit nothing twice", async (visit) => {
  const person = await visit.person();
  const page = await connected(await person.open(node, "notebook"));
  await keptOffline(page);
  const loaded = (await person.transfers.list()).filter(({ bytes }) => bytes > 0);
  const assets = loaded.map(({ url }) => url).filter((url) => url.includes("/assets/"));
  assert.ok(
    assets.some((url) => url.endsWith(".wasm")),
    assets.join("\n"),
  );
  assert.deepEqual(assets, [...new Set(assets)]);
});

/** Runs in the page. */
function sourcesOfScripts(): readonly unknown[] {
  const loads = performance.getEntriesByType("resource");
  const scripts = loads.filter(({ name }) => name.includes("/assets/"));
  return [...new Set(scripts.map((load) => Reflect.get(load, "workerFinalSourceType")))];
}

test("an app opens when its node is gone, and says nothing worse than that", async (visit) => {
  visit.problems.allowSilence();
  const person = await visit.person();
  const first = await connected(await person.open(node, "notebook"));
  await signIn(first, "berta");
  await keptOffline(first);
  await knowsHowToSign(first, "berta");
  await first.close();
  await node.process.kill();
  try {
    const page = await connected(await person.open(node, "notebook"));
    await page.getByText("berta", { exact: true }).waitFor();
    assert.equal(await page.evaluate(() => originAgentCluster), true, "headers are kept, too");
    assert.deepEqual(
      await page.evaluate(sourcesOfScripts),
      ["cache"],
      "no worker is asked for them",
    );
    const written = await inPage(page, (tools) => tools.notebook.actions.write({ text: "kept" }));
    assert.ok(!written.ok && written.error.code === "queued", JSON.stringify(written));
    node.start();
    await node.ready();
    await page.reload();
    await page.getByText("berta: kept").waitFor({ timeout: sentMsMax });
  } finally {
    if (!node.running) node.start();
    await node.ready();
  }
});

test("what an earlier page left and the network refused is seen in home, to be sent again or dropped, and by no other app", async (visit) => {
  visit.problems.allowSilence();
  visit.problems.allow("console", /status of 422/);
  const person = await visit.person();
  const page = await connected(await person.open(node, "notebook"));
  await signIn(page, "carla");
  await keptOffline(page);
  await knowsHowToSign(page, "carla");
  await person.offline(true);
  const written = await inPage(page, (tools) => tools.notebook.actions.write({ text: " " }));
  assert.ok(!written.ok && written.error.code === "queued", JSON.stringify(written));
  await page.reload();
  await connected(page);
  await person.offline(false);
  const left = await refusedWrite(page);
  const { code, canRetry, isOfThisPage } = left;
  assert.deepEqual([code, canRetry, isOfThisPage], ["note-empty", true, false]);

  const other = await connected(await person.open(node, "visitor"));
  await inPage(other, (tools) => tools.accounts.signIn({}));
  const seen = await inPage(other, (tools) => tools.kith.writes.length);
  const dropped = await inPage(other, (tools, id) => tools.kith.dropWrite(id), left.transactionId);
  assert.ok(seen === 0 && !dropped.ok && dropped.error.code === "write-unknown");

  const home = await person.open(node, "home", "/account");
  await home.getByRole("button", { name: "Sign in", exact: true }).click();
  await home.getByText("Accounts in this browser").waitFor();
  await home.goto(siteUrl(node, "home", "/waiting"));
  await home.getByText("in notebook").waitFor();
  await home.getByText("It was not done. notebook says:").waitFor();
  await takeScreenshot(home, "home waiting refused");
  await home.getByRole("button", { name: "Try again" }).click();
  const again = await until("it is refused again", sentMsMax, async () => {
    const found = await refusedWrite(page);
    return found.transactionId === left.transactionId ? undefined : found;
  });
  assert.equal(again.code, "note-empty");
  await home.getByRole("button", { name: "Discard" }).click();
  await home.getByText("Everything has been sent.").waitFor();
  assert.deepEqual(await unsentIn(page), []);
});

/** States of what the network does not have; what is final is told for a while. */
async function unsentIn(page: Page): Promise<readonly string[]> {
  const states = await inPage(page, (tools) => tools.kith.writes.map(({ state }) => state));
  return states.filter((state) => state !== "final");
}

function refusedWrite(page: Page) {
  return until("a write is refused", sentMsMax, () =>
    inPage(page, (tools) => tools.kith.writes.find(({ state }) => state === "failed")),
  );
}

type Edition = {
  readonly offline?: "openOffline" | "closeOffline";
  /** What its service worker does beside keeping the app. */
  readonly worker?: string;
};

/** Breaks its worker's first two installations off, as many as a browser begins by itself for one page; each leaves an empty cache. */
const breaksOff = `
      addEventListener("install", (event) => event.waitUntil(breakOff()));
      async function breakOff() {
        for (const mark of ["first try", "second try"]) {
          if (await caches.has(mark)) continue;
          await caches.open(mark);
          throw new Error("broken off");
        }
      }`;

/** Installs one edition of an app whose page loads something later. */
async function publishEdition(
  edition: number,
  { offline = "openOffline", worker = "" }: Edition = {},
): Promise<void> {
  const folder = join(cluster.folder, `almanac-${edition}`);
  const files = {
    "package.json": `{ "name": "almanac", "version": "1.${edition}.0", "type": "module" }`,
    "kith.json": '{ "accounts": { "almanac": { "entries": ["service-worker.ts"] } } }',
    "front-end/index.html": `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>almanac</title>
      <link rel="icon" href="data:,"><script type="module" src="/main.ts"></script></head>
      <body><main><h1>Edition ${edition}</h1><button>More</button><p></p></main></body></html>`,
    "front-end/main.ts": `
      import { ${offline} } from "@kith/sdk/offline";
      document.querySelector("button").onclick = async () => {
        const { more } = await import("./later.ts");
        document.querySelector("p").textContent = more;
      };
      await ${offline}();
      document.body.dataset.done = "${offline}";`,
    "front-end/later.ts": `export const more: string = "more of edition ${edition}";`,
    "front-end/service-worker.ts": `
      import { keepOffline } from "@kith/sdk/service-worker";
      import { files } from "kith:files";
      keepOffline({ files });${worker}`,
  };
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(join(folder, path, ".."), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
  await kithDone(cluster.folder, node, ["package", folder, "--out", cluster.folder]);
  const packed = join(cluster.folder, `almanac-1.${edition}.0.psi`);
  await kithDone(cluster.folder, node, ["install", packed]);
  await cluster.settled();
}

const versionMsMax = 60_000;

/** Loads the page until the network's own edition is there: one that is late is left for the next load. */
async function untilEdition(page: Page, edition: number): Promise<void> {
  const heading = page.getByRole("heading", { name: `Edition ${edition}` });
  await until(`edition ${edition} is there`, versionMsMax, async () => {
    await page.reload();
    return (await heading.count()) > 0;
  });
}

async function versionsIn(page: Page): Promise<readonly (readonly string[])[]> {
  return (await keptBy(page)).filter((paths) => paths.length > 0);
}

async function untilKept(page: Page, versions: number): Promise<void> {
  await until(`${versions} versions are kept`, versionMsMax, async () => {
    const kept = await versionsIn(page);
    const isWhole = kept.length === versions && kept.every((paths) => paths.length === 3);
    return isWhole && (await isTakenOver(page));
  });
}

test("a new version arrives with the network, whole, if not at once; pages of the one before go on", async (visit) => {
  visit.problems.allowSilence();
  visit.problems.allow("console", /broken off/);
  visit.problems.allowMixedInstallation();
  await publishEdition(1);
  const person = await visit.person();
  const page = await person.open(node, "almanac");
  const old = await person.open(node, "almanac");
  await untilKept(page, 1);
  const [first = ""] = (await versionsIn(page)).flat().filter((path) => path.includes("/main-"));
  assert.notEqual(first, "");

  await person.offline(true);
  await page.reload();
  await page.getByText("Edition 1").waitFor();
  await page.getByRole("button").click();
  await page.getByText("more of edition 1").waitFor();

  await publishEdition(2);
  await page.reload();
  await page.getByText("Edition 1").waitFor();
  await person.offline(false);
  await untilEdition(page, 2);
  await untilKept(page, 2);
  await person.offline(true);
  await page.reload();
  await page.getByText("Edition 2").waitFor();
  await page.getByRole("button").click();
  await page.getByText("more of edition 2").waitFor();
  // As after some days: nothing but what the service worker has kept.
  const browser = await old.context().newCDPSession(old);
  await browser.send("Network.clearBrowserCache");
  await old.getByRole("button").click();
  await old.getByText("more of edition 1").waitFor();

  await person.offline(false);
  await publishEdition(3, { worker: breaksOff });
  await untilEdition(page, 3);
  await until("the first edition is dropped", versionMsMax, async () => {
    const kept = await versionsIn(page);
    return kept.length === 2 && !kept.flat().includes(first) && (await isTakenOver(page));
  });

  await publishEdition(4, { offline: "closeOffline" });
  await untilEdition(page, 4);
  await page.locator("[data-done=closeOffline]").waitFor();
  assert.deepEqual(await versionsIn(page), []);
  assert.equal((await page.evaluate(() => navigator.serviceWorker.getRegistrations())).length, 0);
  await person.offline(true);
  await assert.rejects(page.goto(siteUrl(node, "almanac")), /ERR_INTERNET_DISCONNECTED/);
});
