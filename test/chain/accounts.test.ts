import assert from "node:assert/strict";
import { test } from "node:test";

import { producersMax } from "@kith/producers/limits";
import type { AccountName } from "@kith/protocol/ids";
import { accountNameConstant } from "@kith/protocol/names";
import type { Action } from "@kith/protocol/transaction";
import { accountsInterface } from "@kith/sdk/system/accounts";
import { authSigInterface } from "@kith/sdk/system/auth";
import { authDelegateInterface } from "@kith/sdk/system/auth-delegate";
import { producersInterface } from "@kith/sdk/system/producers";
import { transactInterface } from "@kith/sdk/system/transact";
import { packAction, publicKeyOf } from "@kith/sdk/transaction";

import { consensusOf, keyOf, owner, ownerKey, TestNetwork } from "./network.ts";

const alice = accountNameConstant("alice");
const aliceKey = keyOf(7);
const bob = accountNameConstant("bob");
const bobKey = keyOf(8);

function create(sender: AccountName, name: AccountName, key: Uint8Array): Action {
  return packAction(sender, accountsInterface, "create", { name, key: publicKeyOf(key) });
}

function open(sender: AccountName): Action {
  return packAction(sender, accountsInterface, "setOpenRegistration", { open: true });
}

function setProducers(sender: AccountName, names: readonly AccountName[]): Action {
  const consensus = consensusOf(...names);
  return packAction(sender, producersInterface, "setConsensus", { consensus });
}

function codeOf(network: TestNetwork, actions: readonly Action[], key: Uint8Array): string {
  return network.run(actions, key).failure?.code ?? "done";
}

test("a name that is free makes itself with the key that signs, and can act at once", () => {
  const network = new TestNetwork();
  const setKey = packAction(alice, authSigInterface, "setKey", { key: publicKeyOf(aliceKey) });
  assert.equal(codeOf(network, [create(alice, alice, aliceKey), setKey], aliceKey), "done");
  assert.equal(network.chain.hasAccount(alice), true);
  assert.equal(network.chain.hasAccount(bob), false);
});

test("an account that its owner makes acts in the same transaction, which nobody sends by its name alone", () => {
  const network = new TestNetwork();
  const make = packAction(owner, authDelegateInterface, "create", { name: bob, owner });
  const act = packAction(bob, authDelegateInterface, "setOwner", { owner });
  const made = network.transaction([make, act], ownerKey);
  assert.deepEqual(network.admit(made), { ok: true, value: undefined });
  const early = network.admit(network.transaction([act, make], ownerKey));
  assert.ok(!early.ok && early.error.code === "not-authorized");
  assert.equal(early.error.reason, "account-unknown");
  assert.equal(codeOf(network, [make, act], ownerKey), "done");
  const other = network.transaction([open(owner), open(alice)], ownerKey);
  assert.ok(network.admit(other).ok, "somebody pays for it");
  assert.equal(codeOf(network, [open(owner), open(alice)], ownerKey), "not-authorized");
});

test("a name is given once", () => {
  const network = new TestNetwork();
  network.run([create(alice, alice, aliceKey)], aliceKey);
  assert.equal(codeOf(network, [create(alice, alice, aliceKey)], aliceKey), "account-exists");
  assert.equal(codeOf(network, [create(alice, alice, bobKey)], bobKey), "not-authorized");
});

test("nobody gets an account with a key that he does not prove", () => {
  const network = new TestNetwork();
  assert.equal(codeOf(network, [create(alice, alice, aliceKey)], bobKey), "key-not-proved");
});

test("nobody makes accounts for others but the owner of the network", () => {
  const network = new TestNetwork();
  network.run([create(alice, alice, aliceKey)], aliceKey);
  assert.equal(codeOf(network, [create(alice, bob, bobKey)], aliceKey), "not-the-owner");
  assert.equal(codeOf(network, [create(owner, bob, bobKey)], ownerKey), "done");
});

test("while registration is closed only the owner makes accounts, until he opens it", () => {
  const network = new TestNetwork({ openRegistration: false });
  assert.equal(codeOf(network, [create(alice, alice, aliceKey)], aliceKey), "registration-closed");
  network.run([create(owner, bob, bobKey)]);
  assert.equal(codeOf(network, [open(bob)], bobKey), "not-the-owner");
  assert.equal(codeOf(network, [open(owner)], ownerKey), "done");
  assert.equal(codeOf(network, [create(alice, alice, aliceKey)], aliceKey), "done");
});

test("names of the platform are reserved, those of nodes for ever", () => {
  const network = new TestNetwork();
  const supervisor = accountNameConstant("supervisor");
  assert.equal(
    codeOf(network, [create(supervisor, supervisor, aliceKey)], aliceKey),
    "account-name-reserved",
  );
  assert.equal(codeOf(network, [create(owner, supervisor, aliceKey)], ownerKey), "done");
  const admin = accountNameConstant("x-admin");
  assert.equal(
    codeOf(network, [create(owner, admin, aliceKey)], ownerKey),
    "account-name-reserved",
  );
});

test("system accounts are made by genesis and act for nobody", () => {
  const network = new TestNetwork();
  const name = accountNameConstant("sneaky");
  const authService = accountNameConstant("accounts");
  const make = packAction(owner, accountsInterface, "createSystem", { name, authService });
  assert.equal(codeOf(network, [make], ownerKey), "not-genesis");
  const accounts = accountNameConstant("accounts");
  const steal = packAction(accounts, authSigInterface, "setKeyOf", {
    account: owner,
    key: publicKeyOf(aliceKey),
  });
  assert.equal(codeOf(network, [steal], ownerKey), "not-authorized");
  const direct = packAction(owner, authSigInterface, "setKeyOf", {
    account: alice,
    key: publicKeyOf(aliceKey),
  });
  assert.equal(codeOf(network, [direct], ownerKey), "not-allowed");
});

test("only the account's key moves it, and the new key after a change", () => {
  const network = new TestNetwork();
  network.run([create(alice, alice, aliceKey)], aliceKey);
  const change = packAction(alice, authSigInterface, "setKey", { key: publicKeyOf(bobKey) });
  assert.equal(codeOf(network, [change], bobKey), "not-authorized");
  assert.equal(codeOf(network, [change], aliceKey), "done");
  assert.equal(codeOf(network, [change], aliceKey), "not-authorized");
  assert.equal(codeOf(network, [change], bobKey), "done");
  const malformed = packAction(alice, authSigInterface, "setKey", { key: Uint8Array.of(1, 2) });
  assert.equal(codeOf(network, [malformed], bobKey), "key-malformed");
});

test("an account cannot give itself an auth service that could not authorize it", () => {
  const network = new TestNetwork();
  network.run([create(alice, alice, aliceKey)], aliceKey);
  const set = (name: string) =>
    packAction(alice, accountsInterface, "setAuthService", {
      authService: accountNameConstant(name),
    });
  assert.equal(codeOf(network, [set("auth-sig")], aliceKey), "done");
  assert.equal(codeOf(network, [set("sites")], aliceKey), "method-unknown");
  assert.equal(codeOf(network, [set("bob")], aliceKey), "service-unknown");
});

test("a transaction of two senders needs both their keys", () => {
  const network = new TestNetwork();
  network.run([create(alice, alice, aliceKey)], aliceKey);
  const both = [alice, owner].map((sender) =>
    packAction(sender, authSigInterface, "setKey", { key: publicKeyOf(aliceKey) }),
  );
  const receipt = network.run(both, aliceKey);
  assert.equal(receipt.failure?.code, "not-authorized");
  assert.equal(receipt.failure?.actionIndex, 1);
});

test("admission answers at once with the same reason as a block", () => {
  const network = new TestNetwork();
  const unknown = packAction(bob, authSigInterface, "setKey", { key: publicKeyOf(bobKey) });
  for (const [actions, key] of [
    [[unknown], bobKey],
    [[packAction(owner, authSigInterface, "setKey", { key: publicKeyOf(bobKey) })], bobKey],
  ] as const) {
    const transaction = network.transaction(actions, key);
    const admission = network.chain.checkAdmission(transaction);
    assert.equal(!admission.ok && admission.error.code, "not-authorized");
    const [receipt] = network.block([transaction]).receipts;
    assert.equal(receipt?.failure?.code, "not-authorized");
  }
  const creation = network.transaction([create(bob, bob, bobKey), unknown], bobKey);
  assert.equal(network.chain.checkAdmission(creation).ok, true);
});

test("settings of the network belong to its owner", () => {
  const network = new TestNetwork();
  network.run([create(alice, alice, aliceKey)], aliceKey);
  const settings = { chainName: "renamed", owner: alice, home: alice };
  const set = (sender: AccountName, wanted: typeof settings) =>
    packAction(sender, transactInterface, "setNetwork", { settings: wanted });
  assert.equal(codeOf(network, [set(alice, settings)], aliceKey), "not-the-owner");
  const longName = { ...settings, chainName: "x".repeat(65) };
  assert.equal(codeOf(network, [set(owner, longName)], ownerKey), "chain-name-too-long");
  assert.equal(
    codeOf(network, [set(owner, { ...settings, home: bob })], ownerKey),
    "account-unknown",
  );
  assert.equal(codeOf(network, [set(owner, settings)], ownerKey), "done");
  assert.equal(codeOf(network, [set(owner, settings)], ownerKey), "not-the-owner");
});

test("producers are set by the owner: known, different, at least one and at most as many as a block may name", () => {
  const network = new TestNetwork();
  network.run([create(alice, alice, aliceKey)], aliceKey);
  assert.equal(codeOf(network, [setProducers(alice, [alice])], aliceKey), "not-the-owner");
  assert.equal(codeOf(network, [setProducers(owner, [])], ownerKey), "no-producers");
  assert.equal(
    codeOf(network, [setProducers(owner, [owner, owner])], ownerKey),
    "producer-repeated",
  );
  const [producer] = consensusOf(owner).producers;
  assert.ok(producer);
  const oneNode = {
    algorithm: "cft",
    producers: [producer, { ...producer, account: alice }],
  } as const;
  const repeated = packAction(owner, producersInterface, "setConsensus", { consensus: oneNode });
  assert.equal(codeOf(network, [repeated], ownerKey), "producer-repeated");
  const many = Array.from({ length: producersMax + 1 }, () => owner);
  assert.equal(codeOf(network, [setProducers(owner, many)], ownerKey), "arguments-malformed");
  assert.equal(codeOf(network, [setProducers(owner, [owner, alice])], ownerKey), "done");
});
