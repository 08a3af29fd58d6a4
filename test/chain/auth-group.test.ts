import assert from "node:assert/strict";
import { test } from "node:test";

import { membersMax } from "@kith/auth-group/limits";
import type { AccountName } from "@kith/protocol/ids";
import { accountNameConstant } from "@kith/protocol/names";
import type { Action } from "@kith/protocol/transaction";
import { authDelegateInterface, delegationDepthMax } from "@kith/sdk/system/auth-delegate";
import { authGroupInterface, type Group } from "@kith/sdk/system/auth-group";
import { packAction } from "@kith/sdk/transaction";

import type { TestNetwork } from "./network.ts";
import {
  alice,
  bob,
  carol,
  club,
  codeOf,
  createGroup,
  createOwned,
  creation,
  dave,
  groupOf,
  lock,
  networkOf,
  noteBy,
  notesOf,
  person,
  requireDone,
  setAuthService,
  signedBy,
  withClub,
  type Person,
} from "./people.ts";

const inner = accountNameConstant("inner");

function run(
  network: TestNetwork,
  people: readonly Person[],
  ...actions: readonly Action[]
): string {
  return codeOf(network.runProvedBy(actions, signedBy(...people)));
}

function setGroup(sender: AccountName, group: Group): Action {
  return packAction(sender, authGroupInterface, "setGroup", { group });
}

test("a group acts when those who sign weigh enough, however they are ordered", () => {
  const network = withClub(groupOf(2, alice, bob, carol));
  assert.equal(run(network, [alice], noteBy(club)), "weight-too-low");
  assert.equal(run(network, [alice, bob], noteBy(club)), "done");
  assert.equal(run(network, [carol, dave, alice], noteBy(club, 2)), "done");
  assert.equal(run(network, [dave, bob], noteBy(club, 3)), "weight-too-low");
  assert.equal(notesOf(network, club), 2);
});

test("weights count, and one who signs twice counts once", () => {
  const group = {
    threshold: 5,
    members: [
      { account: alice.name, weight: 3 },
      { account: bob.name, weight: 2 },
      { account: carol.name, weight: 1 },
    ],
  };
  const network = withClub(group);
  assert.equal(run(network, [alice, bob], noteBy(club)), "done");
  assert.equal(run(network, [alice, carol], noteBy(club, 2)), "weight-too-low");
  assert.equal(run(network, [alice, alice], noteBy(club, 2)), "weight-too-low");
});

test("a group that is no group is refused, each way with a code of its own", () => {
  const network = networkOf();
  const many = Array.from({ length: membersMax + 1 }, () => alice);
  const heavy = { account: alice.name, weight: 0 };
  const cases: readonly (readonly [string, Group])[] = [
    ["group-empty", { threshold: 1, members: [] }],
    ["too-many-members", groupOf(1, ...many)],
    ["member-repeated", groupOf(1, alice, bob, alice)],
    ["weight-zero", { threshold: 1, members: [{ account: bob.name, weight: 1 }, heavy] }],
    ["threshold-zero", groupOf(0, alice)],
    ["threshold-too-high", groupOf(3, alice, bob)],
    ["account-unknown", groupOf(1, alice, accountNameConstant("nobody"))],
    ["delegation-cycle", groupOf(1, bob, club)],
  ];
  for (const [code, group] of cases) {
    const create = createGroup(alice, club, group);
    assert.equal(run(network, [alice], create), code);
    assert.equal(network.chain.hasAccount(club), false);
  }
});

test("as many members as allowed, all of them needed, can act", () => {
  const members = Array.from({ length: membersMax }, (_, i) => person(`member-${i}`, 100 + i));
  const network = networkOf([alice, ...members]);
  requireDone(network.run([createGroup(alice, club, groupOf(16, ...members))], alice.key));
  assert.equal(run(network, members.slice(0, 15), noteBy(club)), "weight-too-low");
  assert.equal(run(network, members.slice(0, 16), noteBy(club)), "done");
});

test("an account moves to a group when it has named one, and the group changes itself", () => {
  const network = networkOf();
  const toGroup = setAuthService(dave.name, authGroupInterface.name);
  assert.equal(run(network, [dave], toGroup), "auth-service-unable");
  assert.equal(run(network, [dave], setGroup(dave.name, groupOf(2, alice, bob)), toGroup), "done");
  assert.equal(run(network, [dave], noteBy(dave.name)), "weight-too-low");
  const onlyCarol = setGroup(dave.name, groupOf(1, carol));
  assert.equal(run(network, [alice], onlyCarol), "weight-too-low");
  assert.equal(run(network, [alice, bob], onlyCarol), "done");
  assert.equal(run(network, [carol], noteBy(dave.name)), "done");
  assert.equal(run(network, [alice, bob], noteBy(dave.name)), "weight-too-low");
});

test("members may be groups and owned accounts; a person in several of them counts in each", () => {
  const network = withClub(groupOf(1, alice));
  const owned = accountNameConstant("owned");
  requireDone(
    network.run(
      [createGroup(alice, inner, groupOf(2, alice, bob)), createOwned(alice, owned, carol.name)],
      alice.key,
    ),
  );
  const nested = setGroup(club, groupOf(2, inner, owned, dave));
  assert.equal(run(network, [alice], nested), "done");
  assert.equal(run(network, [alice, bob], noteBy(club)), "weight-too-low");
  assert.equal(run(network, [alice, bob, dave], noteBy(club)), "done");
  assert.equal(run(network, [carol, dave], noteBy(club)), "done");
  assert.equal(run(network, [carol, alice], noteBy(club)), "weight-too-low");
  assert.equal(run(network, [alice, bob, carol], noteBy(club)), "done");
});

test("no group comes to be a member of itself, whichever step would close the circle", () => {
  const network = withClub(groupOf(1, alice));
  requireDone(network.run([createGroup(alice, inner, groupOf(1, club))], alice.key));
  assert.equal(run(network, [alice], setGroup(club, groupOf(1, alice, inner))), "delegation-cycle");
  const owner = packAction(alice.name, authDelegateInterface, "setOwner", { owner: inner });
  assert.equal(run(network, [alice], owner), "delegation-cycle");
  assert.equal(run(network, [bob], setGroup(bob.name, groupOf(1, carol))), "done");
  const carolToBob = [
    setGroup(carol.name, groupOf(1, bob)),
    setAuthService(carol.name, authGroupInterface.name),
  ];
  assert.equal(run(network, [carol], ...carolToBob), "done");
  const bobToCarol = setAuthService(bob.name, authGroupInterface.name);
  assert.equal(run(network, [bob], bobToCarol), "delegation-cycle");
});

test("who stands too many groups away is not heard", () => {
  const network = networkOf();
  let below: Person | AccountName = alice;
  const names = Array.from({ length: delegationDepthMax + 1 }, (_, i) =>
    accountNameConstant(`group-${i}`),
  );
  for (const name of names) {
    requireDone(network.run([createGroup(alice, name, groupOf(1, below))], alice.key));
    below = name;
  }
  const [deepest, tooDeep] = names.slice(-2);
  assert.ok(deepest !== undefined && tooDeep !== undefined);
  assert.equal(run(network, [alice], noteBy(deepest)), "done");
  assert.equal(run(network, [alice], noteBy(tooDeep)), "weight-too-low");
});

test("a member that brings a crowd along does not drown the others", () => {
  const network = networkOf([alice, bob]);
  const crowds = Array.from({ length: 6 }, (_, i) => accountNameConstant(`crowd-${i}`));
  const small = crowds.map((crowd) => createGroup(alice, crowd, groupOf(1, alice)));
  // The crowds stand before bob, and come to have more accounts than are looked at.
  const group = createGroup(alice, club, groupOf(1, ...crowds, bob));
  requireDone(network.run([...small, group], alice.key));
  for (const [at, crowd] of crowds.entries()) {
    requireDone(network.run(crowdActions(crowd, at), alice.key));
  }
  assert.equal(run(network, [bob], noteBy(club)), "done");
  // Alice owns the crowds, and stands behind too many of them to be heard.
  assert.equal(run(network, [alice], noteBy(club, 2)), "weight-too-low");
});

/** As many accounts as a group can have, all owned by alice, become the members of her group. */
function crowdActions(crowd: AccountName, at: number): readonly Action[] {
  const owned = Array.from({ length: membersMax }, (_, i) => accountNameConstant(`one-${at}-${i}`));
  const made = owned.map((name) => createOwned(alice, name, alice.name));
  return [...made, setGroup(crowd, groupOf(1, ...owned))];
}

test("more accounts than are looked at cannot be put behind one that would have to be searched", () => {
  const network = networkOf([alice, bob]);
  const crowds = Array.from({ length: 2 }, (_, i) => accountNameConstant(`crowd-${i}`));
  for (const [at, crowd] of crowds.entries()) {
    const small = createGroup(alice, crowd, groupOf(1, alice));
    requireDone(network.run([small, ...crowdActions(crowd, at)], alice.key));
  }
  const some = createGroup(alice, inner, groupOf(1, ...crowds.slice(0, 1)));
  assert.equal(run(network, [alice], some), "done");
  const wide = createGroup(alice, club, groupOf(1, ...crowds));
  assert.equal(run(network, [alice], wide), "delegation-too-wide");
});

test("a locked member does not sign any more, and neither does a locked group", () => {
  const network = withClub(groupOf(2, alice, bob, carol));
  const eve = person("eve", 41);
  requireDone(network.run([creation(eve)], eve.key));
  requireDone(network.run([createGroup(alice, inner, groupOf(1, eve, bob))], alice.key));
  assert.equal(run(network, [eve], lock(eve.name)), "done");
  assert.equal(run(network, [eve], noteBy(inner)), "weight-too-low");
  assert.equal(run(network, [bob], noteBy(inner), lock(inner)), "done");
  assert.equal(run(network, [bob], noteBy(inner)), "account-locked");
});
