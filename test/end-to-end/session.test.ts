import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { authKeysInterface } from "@kith/sdk/system/auth-keys";
import { packAction } from "@kith/sdk/transaction";
import { accountNameConstant } from "@kith/sdk/types";

import { Cluster, type ClusterNode } from "./cluster.ts";
import { diary, installDiary, tokenFor } from "./diary.ts";
import { request, rootHost, type NodeAddress } from "./http-client.ts";
import { makeKey } from "./kith.ts";
import { creation, personWith, sendDone } from "./transactions.ts";
import { until } from "./until.ts";

let cluster: Cluster;
let nodes: readonly ClusterNode[];
const secret = new Uint8Array(32).fill(71);
const alice = personWith("alice", secret);

before(async () => {
  cluster = await Cluster.start(3);
  nodes = cluster.nodes;
  await makeKey(cluster);
  await installDiary(cluster);
  await sendDone(first(), [creation(alice)], alice.prover);
  await cluster.settled();
});
after(() => cluster.close());

function first(): ClusterNode {
  const [node] = nodes;
  assert.ok(node !== undefined);
  return node;
}

type Headers = Readonly<Record<string, string>>;

/** Whom the app sees; the code of what is wrong with the token otherwise. */
async function whoAsks(node: NodeAddress, headers: Headers): Promise<unknown> {
  const answer = await request(node, diary, "/query/whoAsks", { headers });
  const body: unknown = await answer.json();
  return typeof body === "object" && body !== null && "code" in body ? body.code : body;
}

function bearer(token: string): Headers {
  return { authorization: `Bearer ${token}` };
}

test("a token that a key of the account has signed counts on every node, and for its app only", async () => {
  const token = await tokenFor(cluster, secret, { subject: alice.name });
  for (const node of nodes) {
    assert.equal(await whoAsks(node, bearer(token)), "alice");
    assert.equal(await whoAsks(node, {}), null);
  }
  const audience = accountNameConstant("home");
  const elsewhere = await tokenFor(cluster, secret, { subject: alice.name, audience });
  assert.equal(await whoAsks(first(), bearer(elsewhere)), "login-token-for-other-app");
  const foreign = await tokenFor(cluster, new Uint8Array(32).fill(72), { subject: alice.name });
  assert.equal(await whoAsks(first(), bearer(foreign)), "login-refused");
  const old = await tokenFor(cluster, secret, { subject: alice.name, nowMs: Date.now() - 700_000 });
  assert.equal(await whoAsks(first(), bearer(old)), "login-token-expired");
});

test("sessions that the account ends are over on every node", async () => {
  const token = await tokenFor(cluster, secret, { subject: alice.name });
  assert.equal(await whoAsks(first(), bearer(token)), "alice");
  const end = packAction(alice.name, authKeysInterface, "endSessions", { app: diary });
  await sendDone(first(), [end], alice.prover);
  for (const node of nodes) {
    await until("the session is over", 20_000, async () => {
      return (await whoAsks(node, bearer(token))) === "login-ended";
    });
  }
  await until("a token from now on counts", 20_000, async () => {
    const next = await tokenFor(cluster, secret, { subject: alice.name });
    return (await whoAsks(first(), bearer(next))) === "alice";
  });
});

test("a session's cookie is set for the app's own page, and counts where that page or a person asks", async () => {
  const node = first();
  const token = await tokenFor(cluster, secret, { subject: alice.name });
  const own = {
    origin: `http://${diary}.${rootHost}:${node.port}`,
    "sec-fetch-site": "same-origin",
  };
  const method = "POST";
  const set = await request(node, diary, "/common/session", {
    method,
    headers: { ...own, ...bearer(token) },
  });
  assert.equal(set.status, 204);
  const cookie = (set.headers.get("set-cookie") ?? "").split(";", 1).join("");
  assert.equal(cookie, `__Host-kith-session=${token}`);
  assert.equal(await whoAsks(node, { cookie, "sec-fetch-site": "same-origin" }), "alice");
  assert.equal(await whoAsks(node, { cookie, "sec-fetch-site": "none" }), "alice");
  assert.equal(await whoAsks(node, { cookie, "sec-fetch-site": "same-site" }), null);
  assert.equal(await whoAsks(node, { cookie }), null);
  const sibling = { ...own, origin: `http://home.${rootHost}:${node.port}`, ...bearer(token) };
  const refused = await request(node, diary, "/common/session", { method, headers: sibling });
  assert.equal(refused.status, 403);
});
