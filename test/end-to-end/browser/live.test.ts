import assert from "node:assert/strict";
import { after, before } from "node:test";

import type { Page } from "playwright-core";

import { Cluster, type ClusterNode } from "../cluster.ts";
import { CutTunnel } from "../cut-tunnel.ts";
import { request } from "../http-client.ts";
import { until } from "../until.ts";
import { browserTests } from "./browser-tests.ts";
import { installApps } from "./install-apps.ts";
import type { Person } from "./person.ts";
import { beginAs, connected, inPage } from "./supervisor-page.ts";

const test = browserTests();
let cluster: Cluster;
let node: ClusterNode;

before(async () => {
  cluster = await Cluster.start(1);
  node = cluster.only;
  await installApps(cluster, ["notebook"]);
});
after(() => cluster.close());

const patienceMs = 30_000;

async function signedIn(person: Person, account: string): Promise<Page> {
  const page = await connected(await person.open(node, "notebook"));
  const signing = inPage(page, (tools) => tools.accounts.signIn({}));
  await beginAs(page, account);
  assert.ok((await signing).ok);
  return page;
}

async function streamCount(): Promise<number> {
  const metrics = await (await request(node, "", "/metrics")).text();
  return Number(/^kith_change_streams (\d+)$/m.exec(metrics)?.[1]);
}

test("a page that shows two services has one stream, hears of each block, and goes on after a break", async (visit) => {
  const author = await visit.person();
  await (await signedIn(author, "wilhelma")).close();
  await until("nobody listens", patienceMs, async () => (await streamCount()) === 0);
  const reader = await visit.person();
  const tunnel = await CutTunnel.open(node.port);
  const page = await connected(await reader.open(tunnel, "notebook"));
  // Beside the notes, which the page shows by itself.
  await inPage(page, (tools) => {
    const heard: unknown[] = [];
    const blocks: (readonly [number, number])[] = [];
    tools.kith.live.watch(tools.packages.queries.listPackages, {}, ({ value }) => {
      if (value !== undefined) heard.push(...value.packages.map(({ name }) => name));
    });
    tools.kith.live.watch(tools.notebook.queries.recent, { limit: 10 }, ({ value, block }) => {
      if (value !== undefined && block !== undefined) blocks.push([block, value.length]);
    });
    Object.assign(tools, { heard, blocks });
  });
  const seen = () => page.evaluate("globalThis.tools.heard.length > 0 && tools.blocks.length > 0");
  await until("both services have answered", patienceMs, async () => (await seen()) === true);
  await until("one stream is left", patienceMs, async () => (await streamCount()) === 1);

  const again = await connected(await author.open(node, "notebook"));
  const written = await inPage(again, (tools) => tools.notebook.actions.write({ text: "first" }));
  assert.ok(written.ok, JSON.stringify(written));
  await page.getByText("wilhelma: first").waitFor();
  const blocks = await page.evaluate("globalThis.tools.blocks");
  assert.deepEqual(
    Array.isArray(blocks) && blocks.find(([, count]) => count === 1),
    [written.value.blockNum, 1],
    "the answer is that of the block in which the note is",
  );

  visit.problems.allowSilence();
  visit.problems.allowBrokenInstallation();
  assert.ok(tunnel.cut() > 0, "the stream goes through the tunnel");
  const missed = await inPage(again, (tools) => tools.notebook.actions.write({ text: "missed" }));
  assert.ok(missed.ok, JSON.stringify(missed));
  await page.getByText("wilhelma: missed").waitFor();
  await again.close();
  await until("one stream is left", patienceMs, async () => (await streamCount()) === 1);
  await page.close();
  await until("nobody listens", patienceMs, async () => (await streamCount()) === 0);
  await tunnel.close();
});
