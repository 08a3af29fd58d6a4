import assert from "node:assert/strict";
import { after, before } from "node:test";

import { Cluster, type ClusterNode } from "../../cluster.ts";
import { makeKey } from "../../kith.ts";
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

const test = browserTests();
let cluster: Cluster;
let node: ClusterNode;

before(async () => {
  cluster = await Cluster.start(1);
  const [only] = cluster.nodes;
  assert.ok(only !== undefined);
  node = only;
  await makeKey(cluster);
  const script = '<script type="module" src="/keep.js"></script>';
  await publishSite(cluster, "victim", { "index.html": pageWith(script), "keep.js": keep });
  await publishHostile(cluster, "mallory", attack);
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
