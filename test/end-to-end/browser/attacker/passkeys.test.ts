import assert from "node:assert/strict";
import { after, before } from "node:test";

import { Cluster, type ClusterNode } from "../../cluster.ts";
import { makeKey } from "../../kith.ts";
import { Authenticator } from "../authenticator.ts";
import { browserTests } from "../browser-tests.ts";
import { pageWith, publishSite } from "../publish-site.ts";
import { Attack, publishHostile } from "./hostile-app.ts";

/** For the whole network, for itself, and for others. */
const parties = ["", "mallory.", "victim.", "supervisor."];

const attack = `
const root = location.hostname.slice(location.hostname.indexOf(".") + 1);
const create = (id) => navigator.credentials.create({ publicKey: {
  rp: { id, name: "Kith" },
  user: { id: new Uint8Array([1]), name: "alice", displayName: "Alice" },
  challenge: new Uint8Array(32),
  pubKeyCredParams: [{ type: "public-key", alg: -7 }],
  authenticatorSelection: { residentKey: "required" },
} });
const get = (rpId) => navigator.credentials.get({ publicKey: { rpId, challenge: new Uint8Array(32) } });
await new Promise((resolve) => addEventListener("begin", resolve, { once: true }));
await attempt("authenticator", () => PublicKeyCredential.isUserVerifyingPlatformAuthenticatorAvailable());
for (const party of ${JSON.stringify(parties)}) {
  await attempt("create " + party, () => create(party + root));
  await attempt("get " + party, () => get(party + root));
}
`;

const test = browserTests();
let cluster: Cluster;
let node: ClusterNode;

before(async () => {
  cluster = await Cluster.start(1);
  node = cluster.only;
  await makeKey(cluster);
  await publishSite(cluster, "victim", { "index.html": pageWith("") });
  await publishHostile(cluster, "mallory", attack);
});
after(() => cluster.close());

test("an app makes and uses no passkey: not for the network, not for another app, not even for itself", async (visit) => {
  const person = await visit.person();
  const mallory = await Attack.open(visit, person, node, "mallory");
  const authenticator = await Authenticator.add(mallory.page);
  await mallory.page.evaluate(() => dispatchEvent(new Event("begin")));
  assert.equal(await mallory.reported("authenticator"), "done: true");
  for (const party of parties) {
    const outcomes = Object.entries(await mallory.outcomes(`create ${party}`, `get ${party}`));
    for (const [name, outcome] of outcomes) {
      assert.equal(outcome, "refused: NotAllowedError", name);
    }
  }
  assert.deepEqual(await authenticator.passkeys(), []);
});
