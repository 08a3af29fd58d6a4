import assert from "node:assert/strict";
import { test } from "node:test";

import { openChain } from "@kith/chain/chain";
import type { Receipt } from "@kith/protocol/receipt";
import { inProcessMachine } from "@kith/sandbox/in-process-machine";
import { openMachine } from "@kith/sandbox/machine";
import { quotasInterface, type Allowance } from "@kith/sdk/system/quotas";
import { packAction } from "@kith/sdk/transaction";

import { owner, ownerKey, systemModules, type TestNetwork } from "./network.ts";
import { notes, notesPeer } from "./notes.ts";
import { alice, bob, networkOf, noteBy, requireDone, type Person } from "./people.ts";

const plenty: Allowance = {
  fuel: 10_000_000_000,
  storedBytes: 1_000_000,
  carriedBytes: 1_000_000,
};

function limitedNetwork(ofAlice: Partial<Allowance>): TestNetwork {
  const network = networkOf([alice, bob]);
  ownerDoes(network, "setDefaults", plenty);
  ownerDoes(network, "setAllowance", { account: alice.name, ...plenty, ...ofAlice });
  return network;
}

function ownerDoes<Name extends "setDefaults" | "setAllowance">(
  network: TestNetwork,
  method: Name,
  args: Parameters<typeof packAction<typeof quotasInterface.actions, Name>>[3],
): void {
  requireDone(network.run([packAction(owner, quotasInterface, method, args)], ownerKey));
}

let noteNumber = 0;

function note(network: TestNetwork, { name, key }: Person): Receipt {
  return network.run([noteBy(name, ++noteNumber)], key);
}

/** Runs notes until one is refused; gives how many were done. */
function notesUntilRefused(network: TestNetwork, who: Person): { done: number; last: Receipt } {
  for (let done = 0; done < 200; done++) {
    const last = note(network, who);
    network.time--;
    if (last.failure !== undefined) return { done, last };
  }
  throw new Error("nothing was refused");
}

test("an account that has carried what it may is refused, and others are not", () => {
  const network = limitedNetwork({ carriedBytes: 2000 });
  const { done, last } = notesUntilRefused(network, alice);
  assert.equal(last.failure?.code, "over-quota");
  assert.match(last.failure?.message ?? "", /alice has used \d+ of its 2000 bytes of transactions/);
  assert.ok(done > 3, `${done} notes`);
  assert.equal(note(network, bob).failure, undefined);
});

test("what is stored counts, and a transaction that would store more is undone", () => {
  const network = limitedNetwork({ storedBytes: 5000 });
  const long = packAction(alice.name, notes, "add", {
    number: 1,
    topic: "t",
    text: "x".repeat(6000),
  });
  const refused = network.run([noteBy(alice.name, 2), long], alice.key);
  assert.equal(refused.failure?.code, "over-quota");
  const none = network.run(
    [packAction(bob.name, notes, "ofTopic", { topic: alice.name })],
    bob.key,
  );
  assert.deepEqual(notes.actions.ofTopic.result.unpack(none.results[0] ?? new Uint8Array()), {
    ok: true,
    value: [],
  });
  assert.equal(note(network, alice).failure, undefined);
});

test("a transaction that takes more work than is left is undone, and told apart from one that takes too much", () => {
  const network = limitedNetwork({ fuel: 5000 });
  const stopped = network.run([noteBy(alice.name, 1), noteBy(alice.name, 2)], alice.key);
  assert.equal(stopped.failure?.code, "over-quota");
  assert.match(stopped.failure?.message ?? "", /alice had 5000 units of work left/);
  assert.equal(note(network, bob).failure, undefined);
  const again = note(network, alice);
  assert.match(again.failure?.message ?? "", /alice has used 5\d\d\d of its 5000 units of work/);
});

test("allowances are there again when the window has passed", () => {
  const network = limitedNetwork({ carriedBytes: 2000 });
  notesUntilRefused(network, alice);
  network.time += 30;
  assert.equal(note(network, alice).failure?.code, "over-quota");
  network.time += 31;
  assert.equal(note(network, alice).failure, undefined);
});

test("admission refuses what execution would, and a refused transaction may come again", () => {
  const network = limitedNetwork({ carriedBytes: 2000 });
  notesUntilRefused(network, alice);
  const transaction = network.transaction([noteBy(alice.name, 77)], alice.key, network.time + 300);
  const admitted = network.chain.checkAdmission(transaction);
  assert.ok(!admitted.ok && admitted.error.code === "over-quota");
  assert.equal(admitted.error.account, alice.name);
  const [first] = network.block([transaction]).receipts;
  assert.equal(first?.failure?.code, "over-quota");
  network.time += 70;
  assert.ok(network.chain.checkAdmission(transaction, network.time * 1_000_000).ok);
  const [second] = network.block([transaction]).receipts;
  assert.equal(second?.failure, undefined);
});

test("a sponsor pays while it can, and then the account pays itself", () => {
  const network = limitedNetwork({ carriedBytes: 700 });
  const sponsored = packAction(bob.name, quotasInterface, "sponsor", { account: alice.name });
  requireDone(network.run([sponsored], bob.key));
  for (let i = 0; i < 20; i++) assert.equal(note(network, alice).failure, undefined);
  ownerDoes(network, "setAllowance", { account: bob.name, ...plenty, carriedBytes: 4096 });
  const { done } = notesUntilRefused(network, alice);
  assert.ok(done >= 1, `${done} notes on its own account`);
  const leave = packAction(alice.name, quotasInterface, "leaveSponsor", {});
  network.time += 70;
  requireDone(network.run([leave], alice.key));
  assert.equal(network.run([leave], alice.key).failure?.code, "sponsor-unknown");
});

test("nobody pays for what another says in his name", () => {
  const network = limitedNetwork({ carriedBytes: 1000 });
  for (let i = 0; i < 20; i++) {
    const forged = network.run([noteBy(alice.name, i)], bob.key);
    assert.equal(forged.failure?.code, "not-authorized");
  }
  assert.equal(note(network, alice).failure, undefined);
});

test("a chain that is opened again counts what was used before", () => {
  const network = limitedNetwork({ carriedBytes: 2000 });
  notesUntilRefused(network, alice);
  const program = inProcessMachine([...systemModules, notes.module, notesPeer.module]);
  const machine = openMachine(program);
  const again = openChain({ state: network.state, machine });
  const transaction = network.transaction([noteBy(alice.name, 78)], alice.key, network.time + 300);
  // Somebody whose clock is ahead asks first; what he sees must not be what later blocks count.
  assert.ok(again.checkAdmission(transaction, (network.time + 120) * 1_000_000).ok);
  const admitted = again.checkAdmission(transaction);
  assert.ok(!admitted.ok && admitted.error.code === "over-quota");
  const later = again.checkAdmission(transaction, (network.time + 59) * 1_000_000);
  assert.ok(!later.ok && later.error.code === "over-quota");
});

test("rules are the owner's, and cannot be made so small that nobody could change them", () => {
  const network = limitedNetwork({});
  const byAlice = packAction(alice.name, quotasInterface, "setDefaults", plenty);
  assert.equal(network.run([byAlice], alice.key).failure?.code, "not-the-owner");
  const tiny = packAction(owner, quotasInterface, "setDefaults", { ...plenty, fuel: 1 });
  assert.equal(network.run([tiny], ownerKey).failure?.code, "allowance-too-small");
  const unknown = packAction(owner, quotasInterface, "setAllowance", {
    account: "nobody" as never,
    ...plenty,
  });
  assert.equal(network.run([unknown], ownerKey).failure?.code, "account-unknown");
});
