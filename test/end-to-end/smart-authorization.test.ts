import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { parseBlockId, type AccountName } from "@kith/protocol/ids";
import { accountNameConstant } from "@kith/protocol/names";
import type { Action } from "@kith/protocol/transaction";
import { prepareTransaction } from "@kith/protocol/transactions";
import { accountsInterface } from "@kith/sdk/system/accounts";
import { authSigInterface } from "@kith/sdk/system/auth";
import { authGroupInterface } from "@kith/sdk/system/auth-group";
import { sitesInterface } from "@kith/sdk/system/sites";
import { proposalHash, stagedTxInterface } from "@kith/sdk/system/staged-tx";
import {
  buildTransaction,
  finishSigning,
  packAction,
  prepareSigning,
  publicKeyOf,
  type Unsigned,
} from "@kith/sdk/transaction";
import { z } from "zod";

import { passkeyProver, signerOf, type Prover } from "../provers.ts";
import { Cluster } from "./cluster.ts";
import { request, type NodeAddress } from "./http-client.ts";

let cluster: Cluster;
before(async () => {
  cluster = await Cluster.start(3);
});
after(() => cluster.close());

type Person = { readonly name: AccountName; readonly prover: Prover; readonly key: Uint8Array };

function person(name: string, seed: number): Person {
  const secret = new Uint8Array(32).fill(seed);
  return { name: accountNameConstant(name), prover: signerOf(secret), key: publicKeyOf(secret) };
}

const alice = person("alice", 1);
const bob = person("bob", 2);
const carol = person("carol", 3);
const club = accountNameConstant("club");

const tapos = z.object({ refBlockIndex: z.number(), refBlockId: z.string() });
const refusal = z.object({ code: z.string(), reason: z.string().optional() });
const listed = z.object({ proposals: z.array(z.object({ id: z.number(), hash: z.string() })) });

let drafted = 0;

async function draft(
  node: NodeAddress,
  actions: readonly Action[],
  provers: readonly Prover[],
): Promise<Unsigned> {
  const answer = await request(node, "", "/common/tapos/head");
  const { refBlockIndex, refBlockId } = tapos.parse(await answer.json());
  const blockId = parseBlockId(refBlockId);
  if (!blockId.ok) throw new Error(`${refBlockId} is no block id`);
  // The same actions a second time are another transaction only when something about it differs.
  const expiration = Math.floor(Date.now() / 1000) + 3600 + drafted++;
  const claims = provers.map(({ claim }) => claim);
  return prepareSigning(
    buildTransaction({ actions, expiration, refBlockIndex, keys: [], claims }),
    blockId.value,
  );
}

/** "done", or the code of what is wrong. */
async function push(node: NodeAddress, bytes: Uint8Array): Promise<string> {
  const answer = await request(node, "transact", "/push_transaction?wait_for=final", {
    method: "POST",
    headers: { "content-type": "application/octet-stream", accept: "application/json" },
    body: Buffer.from(bytes),
  });
  const body: unknown = await answer.json();
  if (answer.ok) return "done";
  const { code, reason } = refusal.parse(body);
  return reason ?? code;
}

async function send(
  node: NodeAddress,
  actions: readonly Action[],
  ...provers: readonly Prover[]
): Promise<string> {
  const unsigned = await draft(node, actions, provers);
  const proofs = provers.map(({ prove }) => prove(unsigned.message));
  return push(node, finishSigning(unsigned, proofs).bytes);
}

function singlePage(sender: AccountName): Action {
  return packAction(sender, sitesInterface, "setSinglePage", { enabled: true });
}

function nodes(): readonly [NodeAddress, NodeAddress, NodeAddress] {
  const [first, second, third] = cluster.nodes;
  if (first === undefined || second === undefined || third === undefined) throw new Error("three");
  return [first, second, third];
}

test("a group decides on three nodes: at once by two keys, or one after the other", async () => {
  const [first, second, third] = nodes();
  for (const { name, key, prover } of [alice, bob, carol]) {
    const create = packAction(name, accountsInterface, "create", { name, key });
    assert.equal(await send(first, [create], prover), "done");
  }
  const members = [alice, bob, carol].map(({ name }) => ({ account: name, weight: 1 }));
  const group = { threshold: 2, members };
  const make = packAction(alice.name, authGroupInterface, "create", { name: club, group });
  assert.equal(await send(second, [make], alice.prover), "done");
  assert.equal(await send(third, [singlePage(club)], alice.prover), "weight-too-low");
  assert.equal(await send(third, [singlePage(club)], alice.prover, carol.prover), "done");
  const expiration = Math.floor(Date.now() / 1000) + 3600;
  const terms = { actions: [singlePage(club)], expiration, autoExecute: true };
  const propose = packAction(alice.name, stagedTxInterface, "propose", terms);
  assert.equal(await send(first, [propose], alice.prover), "done");
  await cluster.settled();
  const open = await request(third, "staged-tx", "/proposals");
  const [proposal] = listed.parse(await open.json()).proposals;
  assert.ok(proposal !== undefined);
  const content = { ...terms, id: proposal.id, proposer: alice.name };
  assert.equal(proposal.hash, proposalHash(content));
  const ref = { id: proposal.id, hash: proposalHash(content) };
  const accept = packAction(bob.name, stagedTxInterface, "accept", ref);
  assert.equal(await send(third, [accept], bob.prover), "done");
  assert.equal(await send(second, [accept], bob.prover), "proposal-unknown");
});

test("an account moves to a passkey, which only its own page may ask", async () => {
  const [first, second, third] = nodes();
  const good = passkeyProver();
  const move = packAction(alice.name, authSigInterface, "setClaim", { claim: good.claim });
  assert.equal(await send(first, [move], alice.prover, good), "done");
  assert.equal(await send(second, [singlePage(alice.name)], good), "done");
  const evil = passkeyProver({ origin: "https://evil.kith.localhost" });
  assert.equal(await send(third, [singlePage(alice.name)], evil), "wrong-origin");
  assert.equal(await send(third, [singlePage(alice.name)], alice.prover), "wrong-key");
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
