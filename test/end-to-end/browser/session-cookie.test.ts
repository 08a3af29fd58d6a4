import assert from "node:assert/strict";
import { after, before } from "node:test";

import { Cluster, type ClusterNode } from "../cluster.ts";
import { installDiary, tokenFor } from "../diary.ts";
import { rootHost } from "../http-client.ts";
import { makeKey } from "../kith.ts";
import { creation, personWith, sendDone } from "../transactions.ts";
import { browserTests } from "./browser-tests.ts";
import { pageWith, publishSite } from "./publish-site.ts";
import { siteUrl } from "./site-url.ts";

const test = browserTests();
let cluster: Cluster;
let node: ClusterNode;
const [secret, thiefs] = [new Uint8Array(32).fill(73), new Uint8Array(32).fill(74)];
const alice = personWith("alice", secret);
const mallory = personWith("mallory", thiefs);

before(async () => {
  cluster = await Cluster.start(1);
  node = cluster.only;
  await makeKey(cluster);
  await installDiary(cluster);
  for (const each of [alice, mallory]) await sendDone(node, [creation(each)], each.prover);
  await publishSite(cluster, "sibling", {
    "index.html": pageWith("", `<a href="${siteUrl(node, "diary", "/who")}">Read</a>`),
  });
});
after(() => cluster.close());

/** What an app's own page does with its token. */
async function signIn(token: string): Promise<number> {
  const headers = { authorization: `Bearer ${token}` };
  const answer = await fetch("/common/session", { method: "POST", headers });
  return answer.status;
}

/** Whom the app's own document shows. */
function whoIsShown(): string {
  return document.querySelector("p")?.textContent ?? "";
}

test("the browser keeps the cookie without encryption, and sends it for the app's own document", async (visit) => {
  const person = await visit.person();
  const page = await person.open(node, "diary");
  const token = await tokenFor(cluster, secret, { subject: alice.name });
  assert.equal(await page.evaluate(signIn, token), 204);
  const [cookie] = await person.context.cookies();
  assert.ok(cookie !== undefined, "the browser did not keep it");
  const { name, value, httpOnly, secure, sameSite, domain } = cookie;
  assert.deepEqual(
    { name, value, httpOnly, secure, sameSite, domain },
    {
      name: "__Host-kith-session",
      value: token,
      httpOnly: true,
      secure: true,
      sameSite: "Strict",
      domain: `diary.${rootHost}`,
    },
  );
  assert.equal(await page.evaluate(() => document.cookie), "");
  await page.evaluate(() => location.assign("/who"));
  await page.waitForURL(/\/who$/);
  assert.equal(await page.evaluate(whoIsShown), "alice");
  await page.evaluate(() => fetch("/common/session", { method: "DELETE" }));
  assert.deepEqual(await person.context.cookies(), []);
  await page.reload();
  assert.equal(await page.evaluate(whoIsShown), "nobody");
});

test("a sibling app neither tosses a session in nor has its visitors' sessions used by its links", async (visit) => {
  const person = await visit.person();
  const page = await person.open(node, "diary");
  const token = await tokenFor(cluster, secret, { subject: alice.name });
  assert.equal(await page.evaluate(signIn, token), 204);
  const thief = await person.open(node, "sibling");
  const own = await tokenFor(cluster, thiefs, { subject: mallory.name });
  await thief.evaluate(
    ({ stolen, root }) => {
      for (const name of ["__Host-kith-session", "__host-kith-session", "__HOST-kith-session"]) {
        document.cookie = `${name}=${stolen}; Domain=${root}; Path=/; Secure`;
        document.cookie = `${name}=${stolen}; Domain=${root}; Path=/who`;
      }
      document.cookie = `=__Host-kith-session=${stolen}; Domain=${root}; Path=/`;
    },
    { stolen: own, root: rootHost },
  );
  await page.evaluate(() => location.assign("/who"));
  await page.waitForURL(/\/who$/);
  assert.equal(await page.evaluate(whoIsShown), "alice");
  await thief.click("a");
  await thief.waitForURL(/\/who$/);
  assert.equal(await thief.evaluate(whoIsShown), "nobody");
});
