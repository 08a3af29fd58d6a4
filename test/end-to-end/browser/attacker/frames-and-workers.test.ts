import assert from "node:assert/strict";
import { after, before } from "node:test";

import { Cluster, type ClusterNode } from "../../cluster.ts";
import { makeKey } from "../../kith.ts";
import { browserTests } from "../browser-tests.ts";
import { frameOf } from "../person.ts";
import { pageWith, publishSite } from "../publish-site.ts";
import { isForeign, siteUrl } from "../site-url.ts";
import { Attack, publishHostile } from "./hostile-app.ts";

/** Answers whatever it is asked for. */
const worker = `
addEventListener("install", () => skipWaiting());
addEventListener("activate", (event) => event.waitUntil(clients.claim()));
addEventListener("fetch", (event) => {
  const headers = { "content-type": "text/html" };
  event.respondWith(new Response("<title>taken over</title>", { headers }));
});
`;

const attack = `
const register = (url, scope) => navigator.serviceWorker.register(url, { scope });
await attempt("another app's scope", () => register("/worker.js", sibling("victim")));
await attempt("another app's script", () => register(sibling("victim", "/worker.js"), "/"));
await attempt("a wider scope", () => register("/deep/worker.js", "/"));
await attempt("a system route", () => register("/common/chainid", "/"));
await attempt("own scope", async () => (await register("/worker.js", "/")).scope);
await attempt("active", async () => {
  const { serviceWorker } = navigator;
  const claimed = new Promise((resolve) => { serviceWorker.oncontrollerchange = resolve; });
  if (serviceWorker.controller === null) await claimed;
  return (await (await fetch("/anything")).text());
});
await frameOf(sibling("supervisor"));
await report("the supervisor", "framed");
const frame = document.createElement("iframe");
frame.title = "another app";
frame.src = sibling("victim");
frame.onload = () => report("framed", "loaded");
document.body.append(frame);
await attempt("leaves the frame", () => { frame.contentWindow.postMessage("forged", "*"); });
`;

const hear = `
addEventListener("message", ({ data }) => { document.title = data; });
if (window !== top) document.title = "framed";
`;

const test = browserTests();
let cluster: Cluster;
let node: ClusterNode;

before(async () => {
  cluster = await Cluster.start(1);
  node = cluster.only;
  await makeKey(cluster);
  const script = '<script type="module" src="/hear.js"></script>';
  const files = { "index.html": pageWith(script), "hear.js": hear, "worker.js": worker };
  await publishSite(cluster, "victim", files);
  await publishHostile(cluster, "mallory", attack, {
    "worker.js": worker,
    "deep/worker.js": worker,
  });
});
after(() => cluster.close());

test("a service worker is for its own app: no scope, script or page of another is taken over", async (visit) => {
  const person = await visit.person();
  const victim = await person.open(node, "victim");
  const mallory = await Attack.open(visit, person, node, "mallory");
  const wide = ["another app's scope", "another app's script", "a wider scope", "a system route"];
  for (const [name, outcome] of Object.entries(await mallory.outcomes(...wide))) {
    assert.equal(outcome, "refused: SecurityError", name);
  }
  assert.deepEqual(await mallory.outcomes("own scope", "active"), {
    "own scope": `done: ${siteUrl(node, "mallory")}`,
    active: "done: <title>taken over</title>",
  });
  await victim.reload();
  assert.equal(await victim.title(), "A page under test");
  await mallory.reported("the supervisor");
  const supervisor = await frameOf(mallory.page, "supervisor");
  assert.equal(
    await supervisor.title(),
    "Kith",
    "the supervisor in a hostile page is the supervisor",
  );
});

test("an app that says nothing is shown in no other app's frame", async (visit) => {
  const person = await visit.person();
  const mallory = await Attack.open(visit, person, node, "mallory");
  await mallory.reported("framed");
  await visit.problems.happened("policy", /frame-ancestors/);
  const victims = mallory.page.frames().filter((frame) => !frame.url().includes("supervisor"));
  const titles = await Promise.all(victims.map((frame) => frame.title()));
  assert.equal(titles[0], "A page under test");
  assert.ok(titles.length === 2 && titles[1] !== "framed" && titles[1] !== "forged", titles.join());
});

/** As links to the network, which people trust, that would lead elsewhere. */
const misleading = [
  "//evil.example.test",
  "//evil.example.test/..",
  "/%2f%2fevil.example.test/",
  "/%5cevil.example.test",
  "/\\evil.example.test/",
  "/.//evil.example.test/",
  "/folder/..//evil.example.test",
  "/?url=http://evil.example.test/&redirect=//evil.example.test&next=http://evil.example.test",
  "/@evil.example.test",
  "/http://evil.example.test/",
];

test("no address of the network leads to another host", async (visit) => {
  visit.problems.allow("console", /status of 40[0-9]/);
  const person = await visit.person();
  const page = await person.open(node, "home");
  for (const app of ["", "home", "victim", "sites", "nobody"]) {
    for (const path of misleading) {
      await page.goto(siteUrl(node, app, path));
      assert.ok(!isForeign(page.url()), `${app}${path} leads to ${page.url()}`);
    }
  }
});
