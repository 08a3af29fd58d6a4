import assert from "node:assert/strict";
import { after, before } from "node:test";

import { Cluster, type ClusterNode } from "../cluster.ts";
import { makeKey } from "../kith.ts";
import { browserTests } from "./browser-tests.ts";
import { pageWith, publishSite } from "./publish-site.ts";

const test = browserTests();
let cluster: Cluster;
let node: ClusterNode;

const foreign = "foreign.example.test";
const leavesMsMax = 60_000;

/** Each line tries something and says whether it was done; none of them may be. */
const tries = `
const results = {};
async function attempt(name, body) {
  try {
    await body();
    results[name] = "done";
  } catch (error) {
    results[name] = error.name;
  }
}
const loads = (element, url) => new Promise((resolve, reject) => {
  element.onload = element.onopen = resolve;
  element.onerror = () => reject(new TypeError());
  element[element.localName === "link" ? "href" : "src"] = url;
  document.head.append(element);
});
const opens = (source) => new Promise((resolve, reject) => {
  source.onopen = resolve;
  source.onerror = () => reject(new TypeError());
});
await attempt("eval", () => eval("1"));
await attempt("function", () => new Function("return 1")());
await attempt("fetch", () => fetch("http://${foreign}/fetch", { mode: "no-cors" }));
await attempt("socket", () => opens(new WebSocket("ws://${foreign}/socket")));
await attempt("events", () => opens(new EventSource("http://${foreign}/events")));
await attempt("import", () => import("http://${foreign}/import.js"));
await attempt("script", () => loads(document.createElement("script"), "http://${foreign}/script.js"));
await attempt("image", () => loads(new Image(), "http://${foreign}/image.png"));
await attempt("own", () => fetch("/own.txt").then((answer) => answer.ok || Promise.reject(new TypeError())));
navigator.sendBeacon("http://${foreign}/beacon");
document.querySelector("button").click();
results.inline = document.documentElement.dataset.inline ?? "nothing ran";
results.handler = document.documentElement.dataset.handler ?? "nothing ran";
document.querySelector("pre").textContent = JSON.stringify(results);
document.querySelector("input").value = JSON.stringify(results);
`;

const head = `<script>document.documentElement.dataset.inline = "ran";</script>
  <script type="module" src="/tries.js"></script>`;

const body = `<pre></pre>
  <button type="button" onclick="document.documentElement.dataset.handler = 'ran'">Try</button>
  <form action="http://${foreign}/form" method="get"><input type="hidden" name="results" /></form>`;

before(async () => {
  cluster = await Cluster.start(1);
  node = cluster.only;
  await makeKey(cluster);
  const files = { "index.html": pageWith(head, body), "tries.js": tries, "own.txt": "own" };
  await publishSite(cluster, "tries", files);
  await publishSite(cluster, "free", files, [
    "--csp",
    "script-src 'self' 'unsafe-inline' 'unsafe-eval'",
  ]);
});
after(() => cluster.close());

const refused = [
  /^script-src-elem refused inline/,
  /^script-src-attr refused inline/,
  /^script-src refused eval/,
  /^script-src-elem refused http:\/\/foreign\.example\.test\/import\.js/,
  /^script-src-elem refused http:\/\/foreign\.example\.test\/script\.js/,
  /^connect-src refused http:\/\/foreign\.example\.test\/fetch/,
  /^connect-src refused ws:\/\/foreign\.example\.test\/socket/,
  /^connect-src refused http:\/\/foreign\.example\.test\/events/,
  /^connect-src refused http:\/\/foreign\.example\.test\/beacon/,
  /^img-src refused http:\/\/foreign\.example\.test\/image\.png/,
];

test("a site that says nothing runs no inline script and no eval, and reaches no other host", async (visit) => {
  for (const pattern of refused) visit.problems.expect("policy", pattern);
  // What the events above say, once more, on the console.
  visit.problems.allow("policy", /violates the (following|document's) Content Security Policy/);
  const person = await visit.person();
  const page = await person.open(node, "tries");
  const results = page.locator("pre", { hasText: "{" });
  await results.waitFor();
  assert.deepEqual(JSON.parse(await results.innerText()), {
    eval: "EvalError",
    function: "EvalError",
    fetch: "TypeError",
    socket: "TypeError",
    events: "TypeError",
    import: "TypeError",
    script: "TypeError",
    image: "TypeError",
    own: "done",
    inline: "nothing ran",
    handler: "nothing ran",
  });
  await page.evaluate(submitForm);
  await visit.problems.happened(
    "policy",
    /^form-action refused http:\/\/foreign\.example\.test\/form/,
  );
});

function submitForm(): void {
  document.querySelector("form")?.submit();
}

test("a policy of its own is the site's: the same page then does what it wants, and is seen to", async (visit) => {
  for (const name of ["fetch", "socket", "events", "image", "beacon", "form"]) {
    visit.problems.expect("foreign", new RegExp(`//${foreign}/${name}`));
  }
  // Its policy names scripts, and what is not named there is allowed.
  visit.problems.allow("policy", /script-src.*|foreign\.example\.test\/(import|script)\.js/);
  visit.problems.allow("console", /ERR_NAME_NOT_RESOLVED/);
  const person = await visit.person();
  // It begins before the page is opened.
  const leaves = person.context.waitForEvent("request", {
    predicate: (request) => request.url().startsWith(`http://${foreign}/form`),
    timeout: leavesMsMax,
  });
  const page = await person.open(node, "free");
  await page.locator("pre", { hasText: "{" }).waitFor();
  await page.evaluate(submitForm);
  const told = new URL((await leaves).url()).searchParams.get("results") ?? "";
  assert.deepEqual(JSON.parse(told), {
    eval: "done",
    function: "done",
    fetch: "TypeError",
    socket: "TypeError",
    events: "TypeError",
    import: "TypeError",
    script: "TypeError",
    image: "TypeError",
    own: "done",
    inline: "ran",
    handler: "ran",
  });
});
