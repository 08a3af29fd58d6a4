import assert from "node:assert/strict";
import { after, before } from "node:test";

import { Cluster, type ClusterNode } from "../../cluster.ts";
import { makeKey } from "../../kith.ts";
import { browserTests } from "../browser-tests.ts";
import { frameOf } from "../person.ts";
import { pageWith, publishSite } from "../publish-site.ts";
import { Attack, publishHostile } from "./hostile-app.ts";

/** Keeps a secret in each place that a browser has. */
const keep = `
localStorage.setItem("secret", "of the victim");
sessionStorage.setItem("secret", "of the victim");
await (await caches.open("secret")).put("/secret", new Response("of the victim"));
await new Promise((resolve) => {
  const asked = indexedDB.open("secret");
  asked.onupgradeneeded = () => asked.result.createObjectStore("secret");
  asked.onsuccess = resolve;
});
new BroadcastChannel("secret").onmessage = ({ data }) => { document.title = data; };
try { document.domain = location.hostname.slice(location.hostname.indexOf(".") + 1); } catch {}
document.body.dataset.kept = "yes";
`;

const attack = `
await attempt("own local storage", () => localStorage.getItem("secret"));
await attempt("own databases", async () => (await indexedDB.databases()).length);
await attempt("own caches", async () => (await caches.keys()).length);
await attempt("joined cluster", () => {
  document.domain = location.hostname.slice(location.hostname.indexOf(".") + 1);
  return document.domain;
});
const own = await frameOf("/blank.html");
await attempt("own frame", () => own.document.title);

const frame = await frameOf(sibling("victim"));
await attempt("frame's document", () => frame.document.title);
await attempt("frame's storage", () => frame.localStorage.getItem("secret"));
const lenient = await frameOf(sibling("lenient"));
await attempt("lenient frame's document", () => lenient.document.title);
await attempt("lenient frame's storage", () => lenient.localStorage.getItem("secret"));
const opened = await windowOf(sibling("victim"));
await attempt("window's document", () => opened.document.title);
await attempt("window's storage", () => opened.localStorage.getItem("secret"));
await attempt("shared worker", () => new SharedWorker(sibling("victim", "/keep.js")));
await attempt("fetch as the victim", async () => (await fetch(sibling("victim"), { credentials: "include" })).status);
await attempt("broadcast", () => new BroadcastChannel("secret").postMessage("forged"));
await report("cluster", String(window.originAgentCluster));
`;

const test = browserTests();
let cluster: Cluster;
let node: ClusterNode;

before(async () => {
  cluster = await Cluster.start(1);
  node = cluster.only;
  await makeKey(cluster);
  const script = '<script type="module" src="/keep.js"></script>';
  const files = { "index.html": pageWith(script), "keep.js": keep };
  await publishSite(cluster, "victim", files);
  // Whoever wants to be shown by others gives nothing else away.
  await publishSite(cluster, "lenient", files, ["--csp", "frame-ancestors *"]);
  await publishHostile(cluster, "mallory", attack, { "blank.html": pageWith("") });
});
after(() => cluster.close());

test("an app reads nothing that another one has stored, in a frame, in a window or by a name that both use", async (visit) => {
  const person = await visit.person();
  const victim = await person.open(node, "victim");
  await victim.locator("body[data-kept]").waitFor();
  const mallory = await Attack.open(visit, person, node, "mallory");

  const own = ["own frame", "own local storage", "own databases", "own caches", "cluster"];
  assert.deepEqual(await mallory.outcomes(...own), {
    "own frame": "done: A page under test",
    "own local storage": "done: null",
    "own databases": "done: 0",
    "own caches": "done: 0",
    cluster: "true",
  });
  // The setter does nothing where the agent cluster has one origin.
  assert.equal(await mallory.reported("joined cluster"), "done: mallory.kith.localhost");
  const reads = ["frame", "lenient frame", "window"].flatMap((whose) => [
    `${whose}'s document`,
    `${whose}'s storage`,
  ]);
  for (const [read, outcome] of Object.entries(await mallory.outcomes(...reads, "shared worker"))) {
    assert.equal(outcome, "refused: SecurityError", read);
  }
  assert.equal(await mallory.reported("fetch as the victim"), "refused: TypeError");
  await mallory.reported("broadcast");
  assert.equal(await victim.title(), "A page under test");

  const lenient = await frameOf(mallory.page, "lenient");
  await lenient.locator("body[data-kept]").waitFor();
  for (const each of [victim, lenient]) {
    assert.equal(await each.evaluate(() => window.originAgentCluster), true);
    assert.equal(await each.evaluate(() => localStorage.getItem("secret")), "of the victim");
  }
});
