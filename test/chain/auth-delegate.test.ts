import assert from "node:assert/strict";
import { test } from "node:test";

import type { AccountName } from "@kith/protocol/ids";
import { accountNameConstant } from "@kith/protocol/names";
import type { Action } from "@kith/protocol/transaction";
import { accountsInterface } from "@kith/sdk/system/accounts";
import { authSigInterface } from "@kith/sdk/system/auth";
import { authDelegateInterface, delegationDepthMax } from "@kith/sdk/system/auth-delegate";
import { packAction, publicKeyOf } from "@kith/sdk/transaction";

import { keyOf, owner, ownerKey, type TestNetwork } from "./network.ts";
import {
  alice,
  bob,
  carol,
  club,
  codeOf,
  createGroup,
  createOwned,
  creation,
  groupOf,
  lock,
  networkOf,
  noteBy,
  notesOf,
  person,
  requireDone,
  setAuthService,
  type Person,
} from "./people.ts";

const app = accountNameConstant("alice-app");
const delegate = authDelegateInterface.name;

function setOwner(sender: AccountName, name: AccountName): Action {
  return packAction(sender, authDelegateInterface, "setOwner", { owner: name });
}

function run(network: TestNetwork, by: Person, ...actions: readonly Action[]): string {
  return codeOf(network.run(actions, by.key));
}

test("an account that is made for an owner acts with the owner's key and no other", () => {
  const network = networkOf();
  assert.equal(run(network, alice, createOwned(alice, app, alice.name), noteBy(app)), "done");
  assert.equal(run(network, alice, noteBy(app, 2)), "done");
  assert.equal(run(network, bob, noteBy(app, 3)), "wrong-key");
  assert.equal(notesOf(network, app), 2);
});

test("what the owner changes about himself counts for what he owns at once", () => {
  const network = networkOf();
  run(network, alice, createOwned(alice, app, alice.name), noteBy(app));
  const newKey = keyOf(99);
  const change = packAction(alice.name, authSigInterface, "setKey", { key: publicKeyOf(newKey) });
  assert.equal(run(network, alice, change), "done");
  assert.equal(run(network, alice, noteBy(app)), "wrong-key");
  assert.equal(codeOf(network.run([noteBy(app)], newKey)), "done");
});

test("an account moves to an owner, and only he moves it on", () => {
  const network = networkOf();
  assert.equal(run(network, bob, setAuthService(bob.name, delegate)), "auth-service-unable");
  assert.equal(run(network, bob, setOwner(bob.name, alice.name), noteBy(bob.name)), "done");
  assert.equal(run(network, bob, setAuthService(bob.name, delegate)), "done");
  assert.equal(run(network, bob, noteBy(bob.name)), "wrong-key");
  assert.equal(run(network, alice, setOwner(bob.name, carol.name)), "done");
  assert.equal(run(network, alice, noteBy(bob.name)), "wrong-key");
  assert.equal(run(network, carol, noteBy(bob.name)), "done");
});

test("nobody comes to belong to himself, whichever step would close the circle", () => {
  const network = networkOf();
  assert.equal(run(network, alice, setOwner(alice.name, alice.name)), "delegation-cycle");
  run(network, alice, setOwner(alice.name, bob.name), setAuthService(alice.name, delegate));
  assert.equal(run(network, bob, setOwner(bob.name, alice.name)), "delegation-cycle");
  run(network, carol, setOwner(carol.name, alice.name), setAuthService(carol.name, delegate));
  assert.equal(run(network, bob, setOwner(bob.name, carol.name)), "delegation-cycle");
});

test("a circle is found when an account takes up an owner that it named before", () => {
  const network = networkOf();
  // Named while alice does not belong to anybody, and not in force.
  assert.equal(run(network, bob, setOwner(bob.name, alice.name)), "done");
  run(network, alice, setOwner(alice.name, bob.name), setAuthService(alice.name, delegate));
  assert.equal(run(network, bob, setAuthService(bob.name, delegate)), "delegation-cycle");
  assert.equal(run(network, bob, noteBy(bob.name)), "done");
});

test("a circle through a group is one, too", () => {
  const network = networkOf();
  run(network, alice, createGroup(alice, club, groupOf(1, alice, bob)));
  assert.equal(run(network, bob, setOwner(bob.name, club)), "delegation-cycle");
});

test("owners above owners are followed to a limit, which nobody gets beyond", () => {
  const network = networkOf();
  const names = Array.from({ length: delegationDepthMax + 1 }, (_, i) =>
    accountNameConstant(`owned-${i}`),
  );
  let above = alice.name;
  for (const name of names.slice(0, -1)) {
    assert.equal(run(network, alice, createOwned(alice, name, above)), "done", name);
    above = name;
  }
  assert.equal(run(network, alice, noteBy(above)), "done");
  const last = names.at(-1) ?? above;
  assert.equal(run(network, alice, createOwned(alice, last, above)), "delegation-too-deep");
});

test("a chain that has grown too long below acts again when it is shorter", () => {
  const network = networkOf();
  let above = alice.name;
  for (let i = 0; i < delegationDepthMax; i++) {
    const name = accountNameConstant(`owned-${i}`);
    run(network, alice, createOwned(alice, name, above));
    above = name;
  }
  run(network, alice, setOwner(alice.name, bob.name), setAuthService(alice.name, delegate));
  assert.equal(run(network, bob, noteBy(above)), "delegation-too-deep");
  assert.equal(run(network, bob, setAuthService(alice.name, authSigInterface.name)), "done");
  assert.equal(run(network, alice, noteBy(above)), "done");
});

test("an owner has to exist", () => {
  const network = networkOf([alice]);
  assert.equal(run(network, alice, setOwner(alice.name, bob.name)), "account-unknown");
  assert.equal(run(network, alice, createOwned(alice, app, bob.name)), "account-unknown");
  assert.equal(network.chain.hasAccount(app), false);
});

function make(name: string): Action {
  return createOwned(alice, accountNameConstant(name), alice.name);
}

test("names for others follow the rules of names for oneself", () => {
  const network = networkOf();
  run(network, alice, createOwned(alice, app, alice.name));
  assert.equal(run(network, alice, make("alice-app")), "account-exists");
  assert.equal(run(network, alice, make("packages")), "account-name-reserved");
  assert.equal(run(network, alice, make("x-files")), "account-name-reserved");
  const byOwner = createOwned(
    { name: owner, key: ownerKey },
    accountNameConstant("fractal"),
    owner,
  );
  assert.equal(codeOf(network.run([byOwner])), "done");
  const close = packAction(owner, accountsInterface, "setOpenRegistration", { open: false });
  requireDone(network.run([close]));
  assert.equal(run(network, alice, make("alice-two")), "registration-closed");
  const late = createOwned({ name: owner, key: ownerKey }, accountNameConstant("owner-app"), owner);
  assert.equal(codeOf(network.run([late])), "done");
});

test("nobody but the auth services makes accounts without a key", () => {
  const network = networkOf();
  const args = { name: app, creator: alice.name };
  const direct = packAction(alice.name, accountsInterface, "createUnder", args);
  assert.equal(run(network, alice, direct), "not-allowed");
});

test("what belongs to a locked account is locked with it", () => {
  const network = networkOf();
  const eve = person("eve", 40);
  requireDone(network.run([creation(eve)], eve.key));
  run(network, eve, createOwned(eve, app, eve.name), noteBy(app), lock(eve.name));
  assert.equal(run(network, eve, noteBy(app)), "account-locked");
});
