import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import type { AccountName } from "@kith/protocol/ids";
import type { Action } from "@kith/protocol/transaction";
import { keyClaim } from "@kith/sdk/claims";
import { accountsInterface } from "@kith/sdk/system/accounts";
import { authKeysInterface } from "@kith/sdk/system/auth-keys";
import { inviteInterface } from "@kith/sdk/system/invite";
import { sitesInterface } from "@kith/sdk/system/sites";
import { packAction } from "@kith/sdk/transaction";
import { z } from "zod";

import { passkeyProver, type Prover } from "../provers.ts";
import { Cluster } from "./cluster.ts";
import { request, type NodeAddress } from "./http-client.ts";
import { creation, person, send, type Person } from "./transactions.ts";

/** Accounts of people on real nodes: devices, recovery codes, invites, and who pays for them. */

let cluster: Cluster;
before(async () => {
  cluster = await Cluster.start(3);
});
after(() => cluster.close());

const anna = person("anna", 11);
const ben = person("ben", 12);
const [link, phone, paper, stranger] = [21, 22, 23, 24].map((seed) => person("unused", seed));

type Devices = { readonly link: Person; readonly phone: Person; readonly paper: Person };

function devices(): Devices & { readonly stranger: Person } {
  if (!link || !phone || !paper || !stranger) throw new Error("four keys");
  return { link, phone, paper, stranger };
}

function singlePage(sender: AccountName): Action {
  return packAction(sender, sitesInterface, "setSinglePage", { enabled: true });
}

/** To one node after the other, each with what the others have done. */
let turn = 0;
async function sends(actions: readonly Action[], ...provers: readonly Prover[]): Promise<string> {
  await cluster.settled();
  const node = cluster.nodes[turn++ % cluster.nodes.length];
  if (node === undefined) throw new Error("no nodes");
  return send(node, actions, ...provers);
}

const quotaShape = z.object({
  used: z.object({ fuel: z.number(), carriedBytes: z.number() }),
  sponsor: z.string().optional(),
});

async function quotaOf(node: NodeAddress, account: string): Promise<z.infer<typeof quotaShape>> {
  const answer = await request(node, "", `/common/quota?account=${account}`);
  return quotaShape.parse(await answer.json());
}

test("somebody with devices acts by each of them, through every node", async () => {
  const create = { name: anna.name, key: anna.key, devices: "laptop" };
  const made = packAction(anna.name, accountsInterface, "create", create);
  assert.equal(await sends([made], anna.prover), "done");
  const { phone: device, paper: code } = devices();
  const add = (key: Uint8Array, role: "device" | "recovery"): Action =>
    packAction(anna.name, authKeysInterface, "addKey", { claim: keyClaim(key), role, label: role });
  assert.equal(await sends([add(code.key, "recovery")], anna.prover), "done");
  assert.equal(await sends([singlePage(anna.name)], code.prover), "recovery-only");
  assert.equal(await sends([add(device.key, "device")], code.prover), "done");
  assert.equal(await sends([singlePage(anna.name)], device.prover), "done");
  const remove = packAction(anna.name, authKeysInterface, "removeKey", { id: 1 });
  assert.equal(await sends([remove], device.prover), "key-too-young");
  const { claim } = passkeyProver();
  const passkey = packAction(anna.name, authKeysInterface, "addKey", {
    claim,
    role: "passkey",
    label: "passkey",
  });
  assert.equal(await sends([passkey], anna.prover), "done");
  assert.equal(await sends([singlePage(anna.name)], passkeyProver()), "done");
});

test("a newcomer comes by an invite, and all nodes know alike who pays", async () => {
  assert.equal(await sends([creation(ben)], ben.prover), "done");
  const { link: shared, phone: device, stranger: other } = devices();
  const terms = { key: shared.key, app: ben.name, uses: 2, memo: "" };
  const expiresAt = (Date.now() + 3_600_000) * 1000;
  const invite = packAction(ben.name, inviteInterface, "createInvite", { ...terms, expiresAt });
  assert.equal(await sends([invite], ben.prover), "done");
  const newcomer = person("newcomer", 22);
  const accept = packAction(inviteInterface.name, inviteInterface, "accept", {
    name: newcomer.name,
    claim: keyClaim(device.key),
    label: "phone",
  });
  assert.equal(await sends([accept], other.prover, device.prover), "invite-unknown");
  assert.equal(await sends([accept], shared.prover), "key-not-proved");
  assert.equal(await sends([accept], shared.prover, device.prover), "done");
  assert.equal(await sends([singlePage(newcomer.name)], device.prover), "done");
  await cluster.settled();
  const seen = await Promise.all(
    cluster.nodes.map(async (node) => ({
      inviter: await quotaOf(node, ben.name),
      newcomer: await quotaOf(node, newcomer.name),
      shared: await quotaOf(node, inviteInterface.name),
    })),
  );
  for (const each of seen) {
    assert.equal(each.newcomer.sponsor, "ben");
    assert.equal(each.newcomer.used.carriedBytes, 0);
    assert.equal(each.shared.used.carriedBytes, 0);
    assert.ok(each.inviter.used.carriedBytes > 500);
    assert.deepEqual(each.inviter, seen[0]?.inviter);
  }
});

test("a node that starts again counts the same", async () => {
  const [first, second] = cluster.nodes;
  if (first === undefined || second === undefined) throw new Error("no nodes");
  await second.process.stop();
  second.start();
  await second.ready();
  await cluster.settled();
  const [known, again] = await Promise.all([quotaOf(first, ben.name), quotaOf(second, ben.name)]);
  assert.deepEqual(again, known);
  assert.ok(known.used.carriedBytes > 0);
});
