import assert from "node:assert/strict";
import { after, before } from "node:test";

import { Cluster, type ClusterNode } from "../../cluster.ts";
import { makeKey } from "../../kith.ts";
import { until } from "../../until.ts";
import { browserTests } from "../browser-tests.ts";
import { pageWith, publishSite } from "../publish-site.ts";
import { siteUrl } from "../site-url.ts";
import { Attack, publishHostile } from "./hostile-app.ts";

const keep = `
document.cookie = "__Host-token=of the victim; Secure; Path=/; SameSite=Strict";
document.cookie = "plain=of the victim; Path=/";
`;

/** Each line would give the victim a cookie that it takes for its own. */
const attack = `
const root = location.hostname.slice(location.hostname.indexOf(".") + 1);
for (const cookie of [
  "__Host-token=tossed; Secure; Path=/; Domain=" + root,
  "__Host-token=tossed; Secure; Path=/; Domain=victim." + root,
  "__Host-token=tossed; Secure; Path=/deep; Domain=" + root,
  "__host-token=tossed; Secure; Path=/; Domain=" + root,
  " __Host-token=tossed; Secure; Path=/; Domain=" + root,
  "=__Host-token=tossed; Secure; Path=/; Domain=" + root,
  "__Host-token=tossed; Path=/",
  "plain=tossed; Path=/; Domain=" + root,
  "wide=tossed; Path=/; Domain=localhost",
]) document.cookie = cookie;
await attempt("own cookies", () => document.cookie);
`;

/** As many as a browser keeps for one network, each as large as it may be: three quarters of a megabyte with each request. */
const bomb = `
const root = location.hostname.slice(location.hostname.indexOf(".") + 1);
for (let count = 0; count < 180; count++) {
  document.cookie = "bomb" + count + "=" + "x".repeat(4080) + "; Path=/; Domain=" + root;
}
await attempt("bombed", () => document.cookie.length);
`;

const test = browserTests();
let cluster: Cluster;
let node: ClusterNode;

before(async () => {
  cluster = await Cluster.start(1);
  node = cluster.only;
  await makeKey(cluster);
  const script = '<script type="module" src="/keep.js"></script>';
  await publishSite(cluster, "victim", { "index.html": pageWith(script), "keep.js": keep });
  await publishHostile(cluster, "mallory", attack);
  await publishHostile(cluster, "bomber", bomb);
});
after(() => cluster.close());

test("a cookie for the whole network reaches every app, and none of them can toss or read one with __Host- in its name", async (visit) => {
  const person = await visit.person();
  const victim = await person.open(node, "victim");
  const mallory = await Attack.open(visit, person, node, "mallory");
  // Why nothing may rely on a cookie without the prefix: this one is everybody's.
  assert.equal(await mallory.reported("own cookies"), "done: plain=tossed");

  const read = victim.waitForRequest(siteUrl(node, "victim"));
  await victim.reload();
  const sent = (await (await read).headerValue("cookie")) ?? "";
  assert.deepEqual(sent.split("; ").toSorted(), [
    "__Host-token=of the victim",
    "plain=of the victim",
    "plain=tossed",
  ]);
  const all = await person.context.cookies();
  const prefixed = all.filter(({ name, value }) => /__host-/i.test(`${name}${value}`));
  assert.deepEqual(
    prefixed.map(({ name, value, domain }) => [name, value, domain]),
    [["__Host-token", "of the victim", "victim.kith.localhost"]],
  );
});

test("an app that sets all the cookies that there may be stops no other app, and they are forgotten at once", async (visit) => {
  const person = await visit.person();
  const victim = await person.open(node, "victim");
  const bomber = await Attack.open(visit, person, node, "bomber");
  const reported = await bomber.reported("bombed");
  assert.ok(Number(reported.replace("done: ", "")) > 600_000, reported);

  const read = victim.waitForRequest(siteUrl(node, "victim"));
  const reloaded = await victim.reload();
  const sent = (await (await read).headerValue("cookie")) ?? "";
  assert.ok(sent.length > 600_000, `${sent.length} bytes of cookies were sent`);
  assert.equal(reloaded?.status(), 200);
  assert.equal(await victim.title(), "A page under test");
  const left = await until("the cookies are forgotten", 15_000, async () => {
    const kept = await person.context.cookies();
    return kept.some(({ name }) => name.startsWith("bomb")) ? undefined : kept;
  });
  // The page has put its own back, or will with its next visit.
  assert.ok(left.every(({ domain }) => domain === "victim.kith.localhost"));
});
