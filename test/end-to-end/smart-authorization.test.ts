import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import type { AccountName } from "@kith/protocol/ids";
import { accountNameConstant } from "@kith/protocol/names";
import type { Action } from "@kith/protocol/transaction";
import { prepareTransaction } from "@kith/protocol/transactions";
import { authSigInterface } from "@kith/sdk/system/auth";
import { authGroupInterface } from "@kith/sdk/system/auth-group";
import { sitesInterface } from "@kith/sdk/system/sites";
import { proposalHash, stagedTxInterface } from "@kith/sdk/system/staged-tx";
import { finishSigning, packAction } from "@kith/sdk/transaction";
import { z } from "zod";

import { passkeyProver } from "../provers.ts";
import { Cluster } from "./cluster.ts";
import { request, type NodeAddress } from "./http-client.ts";
import { creation, draft, person, push, send } from "./transactions.ts";

let cluster: Cluster;
before(async () => {
  cluster = await Cluster.start(3);
});
after(() => cluster.close());

const alice = person("alice", 1);
const bob = person("bob", 2);
const carol = person("carol", 3);
const club = accountNameConstant("club");

const listed = z.object({ proposals: z.array(z.object({ id: z.number(), hash: z.string() })) });

function singlePage(sender: AccountName): Action {
  return packAction(sender, sitesInterface, "setSinglePage", { enabled: true });
}

function nodes(): readonly [NodeAddress, NodeAddress, NodeAddress] {
  const [first, second, third] = cluster.nodes;
  if (first === undefined || second === undefined || third === undefined) throw new Error("three");
  return [first, second, third];
}

/** A node that has not executed what another one has acknowledged would refuse at its door what builds on it. */
async function sendTo(...asked: Parameters<typeof send>): ReturnType<typeof send> {
  await cluster.settled();
  return send(...asked);
}

test("a group decides on three nodes: at once by two keys, or one after the other", async () => {
  const [first, second, third] = nodes();
  for (const each of [alice, bob, carol]) {
    assert.equal(await sendTo(first, [creation(each)], each.prover), "done");
  }
  const members = [alice, bob, carol].map(({ name }) => ({ account: name, weight: 1 }));
  const group = { threshold: 2, members };
  const make = packAction(alice.name, authGroupInterface, "create", { name: club, group });
  assert.equal(await sendTo(second, [make], alice.prover), "done");
  assert.equal(await sendTo(third, [singlePage(club)], alice.prover), "weight-too-low");
  assert.equal(await sendTo(third, [singlePage(club)], alice.prover, carol.prover), "done");
  const expiration = Math.floor(Date.now() / 1000) + 3600;
  const terms = { actions: [singlePage(club)], expiration, autoExecute: true };
  const propose = packAction(alice.name, stagedTxInterface, "propose", terms);
  assert.equal(await sendTo(first, [propose], alice.prover), "done");
  await cluster.settled();
  const open = await request(third, "staged-tx", "/proposals");
  const [proposal] = listed.parse(await open.json()).proposals;
  assert.ok(proposal !== undefined);
  const content = { ...terms, id: proposal.id, proposer: alice.name };
  assert.equal(proposal.hash, proposalHash(content));
  const ref = { id: proposal.id, hash: proposalHash(content) };
  const accept = packAction(bob.name, stagedTxInterface, "accept", ref);
  assert.equal(await sendTo(third, [accept], bob.prover), "done");
  assert.equal(await sendTo(second, [accept], bob.prover), "proposal-unknown");
});

test("an account moves to a passkey, which only its own page may ask", async () => {
  const [first, second, third] = nodes();
  const good = passkeyProver();
  const move = packAction(alice.name, authSigInterface, "setClaim", { claim: good.claim });
  assert.equal(await sendTo(first, [move], alice.prover, good), "done");
  assert.equal(await sendTo(second, [singlePage(alice.name)], good), "done");
  const evil = passkeyProver({ origin: "https://evil.kith.localhost" });
  assert.equal(await sendTo(third, [singlePage(alice.name)], evil), "wrong-origin");
  assert.equal(await sendTo(third, [singlePage(alice.name)], alice.prover), "wrong-key");
});

test("a copy of a transaction with spoilt proofs parts no node from the others", async () => {
  for (let round = 0; round < 5; round++) {
    const unsigned = await draft(nodes()[0], [singlePage(bob.name)], [bob.prover]);
    const proof = bob.prover.prove(unsigned.message);
    const spoilt = finishSigning(unsigned, [proof.with(9, (proof[9] ?? 0) ^ 1)]).bytes;
    const good = finishSigning(unsigned, [proof]).bytes;
    assert.ok(prepareTransaction(spoilt).ok);
    const leader = await cluster.leader();
    const followers = cluster.nodes.filter((node) => node !== leader);
    const spoiltOutcomes = Promise.all(followers.map((node) => push(node, spoilt)));
    assert.equal(await push(leader, good), "done");
    for (const outcome of await spoiltOutcomes) {
      assert.ok(outcome === "proof-invalid" || outcome === "done", outcome);
    }
    await cluster.settled();
  }
  for (const node of cluster.nodes) assert.ok(node.running, node.output.slice(-2000));
});
