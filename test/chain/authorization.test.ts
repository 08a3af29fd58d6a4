import assert from "node:assert/strict";
import { test } from "node:test";

import { accountNameConstant } from "@kith/protocol/names";
import { check } from "@kith/sdk/abort";
import { implement, service } from "@kith/sdk/service";
import { accountsInterface } from "@kith/sdk/system/accounts";
import { authInterface, authSigInterface } from "@kith/sdk/system/auth";
import { packAction, publicKeyOf } from "@kith/sdk/transaction";

import { keyOf, owner, ownerKey, startSeconds, TestNetwork } from "./network.ts";
import { notes, notesPeer } from "./notes.ts";

const newKey = keyOf(9);
const opensAt = startSeconds + 100;

/** An auth service by somebody else: anything goes, until a moment. */
const untilNoon = service("auth-noon", {
  tables: [],
  actions: {
    checkAuth: implement(authInterface(owner).actions.checkAuth, (context) => {
      check(context.blockTime < opensAt * 1_000_000, "too-late", "come back tomorrow");
    }),
    canAuthUser: implement(authInterface(owner).actions.canAuthUser, () => true),
  },
});

function withNotes(): TestNetwork {
  return new TestNetwork({ services: [notes.module, notesPeer.module, untilNoon.module] });
}

const note = packAction(owner, notes, "add", { number: 1, topic: "t", text: "x" });
const noNote = packAction(owner, notes, "remove", { number: 99 });
const changeKey = packAction(owner, authSigInterface, "setKey", { key: publicKeyOf(newKey) });

test("a key that changes in a block counts from the next transaction of the same block", () => {
  const network = withNotes();
  network.run([note]);
  const { receipts } = network.block([
    network.transaction([note], ownerKey),
    network.transaction([changeKey], ownerKey),
    network.transaction([note], ownerKey, network.time + 70),
    network.transaction([note], newKey),
  ]);
  const codes = receipts.map((receipt) => receipt.failure?.code);
  assert.deepEqual(codes, [undefined, undefined, "not-authorized", undefined]);
});

test("a key that changes in a transaction counts from its next action", () => {
  const network = withNotes();
  network.run([note]);
  const receipt = network.run([note, changeKey, note]);
  assert.equal(receipt.failure?.code, "not-authorized");
  assert.equal(receipt.failure?.actionIndex, 2);
});

test("a change of key that is undone with its transaction leaves the old key good", () => {
  const network = withNotes();
  network.run([note]);
  assert.equal(network.run([changeKey, noNote], ownerKey).failure?.code, "not-authorized");
  assert.equal(network.run([note]).failure, undefined);
});

test("an auth service that looks at the time is asked every time", () => {
  const network = withNotes();
  const authService = untilNoon.name;
  assert.equal(
    network.run([packAction(owner, accountsInterface, "setAuthService", { authService })]).failure,
    undefined,
  );
  const anyKey = keyOf(200);
  assert.equal(network.run([note], anyKey).failure, undefined);
  network.time = opensAt + 1;
  const late = network.run([note], anyKey);
  assert.equal(late.failure?.code, "not-authorized");
  assert.match(late.failure?.message ?? "", /too-late/);
});

test("an account that does not exist is told so", () => {
  const network = withNotes();
  const nobody = accountNameConstant("nobody");
  const receipt = network.run([
    packAction(nobody, notes, "add", { number: 1, topic: "", text: "" }),
  ]);
  assert.match(receipt.failure?.message ?? "", /account-unknown/);
});
