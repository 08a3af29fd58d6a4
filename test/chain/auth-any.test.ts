import assert from "node:assert/strict";
import { test } from "node:test";

import type { Action } from "@kith/protocol/transaction";
import { authAnyInterface } from "@kith/sdk/system/auth-any";
import { stagedTxInterface } from "@kith/sdk/system/staged-tx";
import { packAction } from "@kith/sdk/transaction";

import { owner, startSeconds } from "./network.ts";
import {
  alice,
  bob,
  club,
  codeOf,
  createGroup,
  groupOf,
  networkOf,
  noteBy,
  notesOf,
  requireDone,
  setAuthService,
} from "./people.ts";

const toAny = setAuthService(alice.name, authAnyInterface.name);
const allow: Action = packAction(owner, authAnyInterface, "allow", {});

test("on a network for development everybody acts for an account that chose it", () => {
  const network = networkOf([alice, bob], { anybodyMayAct: true });
  requireDone(network.run([toAny], alice.key));
  assert.equal(codeOf(network.run([noteBy(alice.name)], bob.key)), "done");
  assert.equal(codeOf(network.runProvedBy([noteBy(alice.name, 2)], [])), "done");
  assert.equal(codeOf(network.run([noteBy(bob.name)], alice.key)), "wrong-key");
  assert.equal(notesOf(network, alice.name), 2);
});

test("on any other network nobody can choose it, and nobody can allow it later", () => {
  const network = networkOf([alice, bob]);
  assert.equal(codeOf(network.run([toAny], alice.key)), "auth-any-forbidden");
  assert.equal(codeOf(network.run([allow])), "not-genesis");
  assert.equal(codeOf(network.run([toAny], alice.key)), "auth-any-forbidden");
  assert.equal(codeOf(network.run([noteBy(alice.name)], bob.key)), "wrong-key");
});

test("a member of a group for whom everybody may speak has always agreed", () => {
  const network = networkOf([alice, bob], { anybodyMayAct: true });
  requireDone(network.run([toAny], alice.key));
  requireDone(network.run([createGroup(bob, club, groupOf(2, alice, bob))], bob.key));
  assert.equal(codeOf(network.run([noteBy(club)], bob.key)), "done");
});

test("proposals for such an account run at once, by anybody", () => {
  const network = networkOf([alice, bob], { anybodyMayAct: true });
  requireDone(network.run([toAny], alice.key));
  const terms = {
    actions: [noteBy(alice.name)],
    expiration: startSeconds + 900,
    autoExecute: true,
  };
  const propose = packAction(bob.name, stagedTxInterface, "propose", terms);
  assert.equal(codeOf(network.run([propose], bob.key)), "done");
  assert.equal(notesOf(network, alice.name), 1);
});
