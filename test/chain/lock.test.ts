import assert from "node:assert/strict";
import { test } from "node:test";

import { neededNames } from "@kith/accounts/reserved-names";
import type { AccountName } from "@kith/protocol/ids";
import { accountNameConstant } from "@kith/protocol/names";
import { action, service } from "@kith/sdk/service";
import { nothing } from "@kith/sdk/signature";
import { accountsInterface } from "@kith/sdk/system/accounts";
import { authSigInterface } from "@kith/sdk/system/auth";
import { javaScript, setcodeInterface } from "@kith/sdk/system/setcode";
import { sitesInterface } from "@kith/sdk/system/sites";
import { transactInterface } from "@kith/sdk/system/transact";
import { packAction, publicKeyOf } from "@kith/sdk/transaction";

import { guestSource } from "./guest-source.ts";
import { keyOf, owner, systemModules, TestNetwork } from "./network.ts";
import { notes } from "./notes.ts";
import {
  alice,
  bob,
  codeOf,
  lock,
  networkOf,
  noteBy,
  notesOf,
  requireDone,
  setAuthService,
} from "./people.ts";

function standingOf(network: TestNetwork, name: AccountName): unknown {
  const ask = packAction(bob.name, accountsInterface, "standingOf", { name });
  const [packed] = requireDone(network.run([ask], bob.key)).results;
  const { result } = accountsInterface.actions.standingOf;
  const unpacked = packed === undefined ? undefined : result.unpack(packed);
  if (unpacked?.ok !== true) throw new Error("no answer");
  return unpacked.value;
}

test("a locked account never acts again: no action, no new key, no other site, no unlocking", () => {
  const network = networkOf();
  requireDone(network.run([noteBy(alice.name), lock(alice.name)], alice.key));
  const tries = [
    noteBy(alice.name, 2),
    packAction(alice.name, authSigInterface, "setKey", { key: publicKeyOf(keyOf(9)) }),
    setAuthService(alice.name, authSigInterface.name),
    packAction(alice.name, sitesInterface, "setSinglePage", { enabled: true }),
    lock(alice.name),
  ];
  for (const each of tries) {
    assert.equal(codeOf(network.run([each], alice.key)), "account-locked");
    const admitted = network.chain.checkAdmission(network.transaction([each], alice.key));
    assert.ok(!admitted.ok && admitted.error.code === "not-authorized");
    assert.equal(admitted.error.reason, "account-locked");
  }
});

test("an account is locked from the next action of the same transaction on", () => {
  const network = networkOf();
  const receipt = network.run([lock(alice.name), noteBy(alice.name)], alice.key);
  assert.equal(receipt.failure?.actionIndex, 1);
  assert.equal(codeOf(receipt), "account-locked");
  // All of a transaction or nothing: it is not locked either.
  assert.equal(codeOf(network.run([noteBy(alice.name)], alice.key)), "done");
});

test("everybody can ask how an account stands", () => {
  const network = networkOf();
  assert.deepEqual(standingOf(network, alice.name), { authService: "auth-sig", locked: false });
  requireDone(network.run([lock(alice.name)], alice.key));
  assert.deepEqual(standingOf(network, alice.name), { authService: "accounts", locked: true });
  const system = accountNameConstant("sites");
  assert.deepEqual(standingOf(network, system), { authService: "accounts", locked: false });
  assert.equal(standingOf(network, accountNameConstant("nobody")), undefined);
});

test("nobody locks by mistake: the name has to be typed, and it has to be the sender's", () => {
  const network = networkOf();
  assert.equal(codeOf(network.run([lock(alice.name, bob.name)], alice.key)), "name-differs");
  assert.equal(codeOf(network.run([lock(bob.name)], alice.key)), "wrong-key");
  assert.equal(codeOf(network.run([noteBy(bob.name)], bob.key)), "done");
  assert.equal(notesOf(network, bob.name), 1);
});

test("the owner of the network cannot be locked, nor a locked account become the owner", () => {
  const network = networkOf();
  assert.equal(codeOf(network.run([lock(owner)])), "account-needed");
  const settings = { chainName: "test", owner: alice.name, home: owner };
  const handOver = packAction(owner, transactInterface, "setNetwork", { settings });
  requireDone(network.run([lock(alice.name)], alice.key));
  assert.equal(codeOf(network.run([handOver])), "account-locked");
  const toBob = { ...settings, owner: bob.name };
  const other = packAction(owner, transactInterface, "setNetwork", { settings: toBob });
  assert.equal(codeOf(network.run([other, lock(owner)])), "done");
});

test("services that the network needs are not locked, whoever would come to speak for them", () => {
  for (const { definition } of systemModules) {
    assert.ok(neededNames.has(definition.name), definition.name);
    const make = (): TestNetwork => new TestNetwork({ actions: [lock(definition.name)] });
    assert.throws(make, /account-needed/, definition.name);
  }
});

test("an account that does not exist is not locked", () => {
  const nobody = accountNameConstant("nobody");
  assert.throws(() => new TestNetwork({ actions: [lock(nobody)] }), /account-unknown/);
});

test("the code of a locked account still runs, and neither unlocks the account nor replaces itself", () => {
  const code = guestSource("another");
  const selfish = service("selfish", {
    tables: [],
    actions: {
      note: action({}, nothing, (context) => {
        context.call(notes).add({ number: 1, topic: "selfish", text: "still here" });
      }),
      unlock: action({}, nothing, (context) => {
        const authService = authSigInterface.name;
        context.call(accountsInterface).setAuthService({ authService });
      }),
      replace: action({}, nothing, (context) => {
        context.call(setcodeInterface).setCode({ vm: javaScript, code });
      }),
      remove: action({}, nothing, (context) => context.call(setcodeInterface).removeCode({})),
    },
  });
  const services = [selfish.module];
  const outcome = (network: TestNetwork, name: keyof typeof selfish.actions): string =>
    codeOf(network.run([packAction(alice.name, selfish, name, {})], alice.key));
  const locked = networkOf([alice], { services, actions: [lock(selfish.name)] });
  assert.equal(outcome(locked, "note"), "done");
  for (const each of ["unlock", "replace", "remove"] as const) {
    assert.equal(outcome(locked, each), "account-locked", each);
  }
  const open = networkOf([alice], { services });
  assert.equal(outcome(open, "unlock"), "auth-service-unable");
  assert.equal(outcome(open, "replace"), "done");
});
