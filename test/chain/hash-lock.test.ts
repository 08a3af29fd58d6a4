import assert from "node:assert/strict";
import { test } from "node:test";

import { hashClaim, revealing } from "@kith/hash-lock/client";
import { hashLockInterface, type Lock } from "@kith/hash-lock/interface";
import { hashLock } from "@kith/hash-lock/service";
import { sha256Hex } from "@kith/protocol/hashes";
import type { AccountName } from "@kith/protocol/ids";
import { accountNameConstant } from "@kith/protocol/names";
import { packText } from "@kith/protocol/texts";
import type { Action } from "@kith/protocol/transaction";
import { stagedTxInterface } from "@kith/sdk/system/staged-tx";
import { packAction } from "@kith/sdk/transaction";

import type { Prover } from "../provers.ts";
import { startSeconds, type TestNetwork } from "./network.ts";
import {
  alice,
  bob,
  carol,
  club,
  codeOf,
  createOwned,
  dave,
  networkOf,
  noteBy,
  notesOf,
  requireDone,
  setAuthService,
  signedBy,
  type Person,
} from "./people.ts";

const secret = packText("correct horse battery staple");
const ownerFrom = startSeconds + 1000;
const lockOfClub: Lock = {
  hash: sha256Hex(secret),
  beneficiary: bob.name,
  owner: alice.name,
  ownerFrom,
};

function setLock(sender: AccountName, lock: Lock): Action {
  return packAction(sender, hashLockInterface, "setLock", { lock });
}

/** `club` is made by alice, who locks it for bob. */
function withLock(): TestNetwork {
  const network = networkOf([alice, bob, carol, dave], { services: [hashLock] });
  const made = [
    createOwned(alice, club, alice.name),
    setLock(club, lockOfClub),
    setAuthService(club, hashLockInterface.name),
  ];
  requireDone(network.run(made, alice.key));
  return network;
}

function reveal(proof: Uint8Array, of = secret): Prover {
  return { claim: hashClaim(sha256Hex(of)), prove: revealing(proof) };
}

function outcome(
  network: TestNetwork,
  people: readonly Person[],
  ...more: readonly Prover[]
): string {
  return codeOf(network.runProvedBy([noteBy(club)], [...signedBy(...people), ...more]));
}

test("the secret opens the account for the beneficiary", () => {
  const network = withLock();
  assert.equal(outcome(network, [bob]), "still-locked");
  assert.equal(outcome(network, [bob], reveal(secret)), "done");
  assert.equal(notesOf(network, club), 1);
});

test("who only overheard the secret gets nothing with it", () => {
  const network = withLock();
  assert.equal(outcome(network, [carol], reveal(secret)), "wrong-key");
  assert.equal(outcome(network, [alice], reveal(secret)), "wrong-key");
  assert.equal(outcome(network, [], reveal(secret)), "wrong-key");
  assert.equal(notesOf(network, club), 0);
});

test("a wrong preimage is refused, at admission and in a block", () => {
  const network = withLock();
  const wrong = packText("incorrect horse battery staple");
  const cases = [
    ["wrong-preimage", reveal(wrong)],
    ["secret-size-wrong", reveal(new Uint8Array())],
    ["secret-size-wrong", reveal(new Uint8Array(65))],
    [
      "wrong-preimage",
      { claim: { ...reveal(secret).claim, rawData: secret }, prove: () => secret },
    ],
  ] as const;
  for (const [code, prover] of cases) {
    const transaction = network.provedBy([noteBy(club)], [...signedBy(bob), prover]);
    const receipts = network.block([transaction]).receipts;
    assert.deepEqual(receipts.map(codeOf), [code]);
    const admitted = network.admit(transaction);
    assert.ok(!admitted.ok);
  }
  const early = network.provedBy([noteBy(club)], [...signedBy(bob), reveal(wrong)]);
  const admitted = network.admit(early);
  assert.ok(!admitted.ok && admitted.error.code === "proof-refused");
  assert.deepEqual([admitted.error.claim, admitted.error.reason], [1, "wrong-preimage"]);
});

test("another secret with its own hash opens nothing", () => {
  const network = withLock();
  const own = packText("my own");
  assert.equal(outcome(network, [bob], reveal(own, own)), "still-locked");
});

test("the owner waits for his time, and then acts alone", () => {
  const network = withLock();
  assert.equal(outcome(network, [alice]), "still-locked");
  network.time = ownerFrom - 2;
  assert.equal(outcome(network, [alice]), "still-locked");
  assert.equal(outcome(network, [alice]), "done");
  assert.equal(outcome(network, [carol]), "wrong-key");
  const other = codeOf(network.runProvedBy([noteBy(club, 2)], [...signedBy(bob), reveal(secret)]));
  assert.equal(other, "done");
});

test("a lock names accounts that exist and never itself, and there is none without it", () => {
  const network = networkOf([alice, bob], { services: [hashLock] });
  const run = (...actions: readonly Action[]): string => codeOf(network.run(actions, alice.key));
  const toLock = setAuthService(alice.name, hashLockInterface.name);
  assert.equal(run(toLock), "auth-service-unable");
  const nobody = accountNameConstant("nobody");
  assert.equal(run(setLock(alice.name, { ...lockOfClub, owner: nobody })), "account-unknown");
  assert.equal(run(setLock(alice.name, lockOfClub)), "delegation-cycle");
  const bobs = { ...lockOfClub, owner: bob.name };
  assert.equal(run(setLock(alice.name, bobs), toLock), "done");
  const ask = packAction(bob.name, hashLockInterface, "checkAuth", {
    sender: bob.name,
    service: club,
    method: toLock.method,
  });
  assert.equal(codeOf(network.run([ask], bob.key)), "lock-missing");
});

test("proposals for such an account run when the right one agrees at the right time", () => {
  const network = withLock();
  const terms = { actions: [noteBy(club)], expiration: startSeconds + 5000, autoExecute: true };
  const propose = packAction(alice.name, stagedTxInterface, "propose", terms);
  const { results } = requireDone(network.run([propose], alice.key));
  const ref = stagedTxInterface.actions.propose.result.unpack(results[0] ?? new Uint8Array());
  assert.ok(ref.ok);
  const accept = (by: Person): Action =>
    packAction(by.name, stagedTxInterface, "accept", ref.value);
  assert.equal(codeOf(network.run([accept(carol)], carol.key)), "not-involved");
  assert.equal(codeOf(network.run([accept(bob)], bob.key)), "done");
  assert.equal(notesOf(network, club), 0);
  const revealed = network.runProvedBy([accept(bob)], [...signedBy(bob), reveal(secret)]);
  assert.equal(codeOf(revealed), "done");
  assert.equal(notesOf(network, club), 1);
});

test("a proposal for such an account ends when both disagree", () => {
  const network = withLock();
  const terms = { actions: [noteBy(club)], expiration: startSeconds + 5000, autoExecute: true };
  const propose = packAction(carol.name, stagedTxInterface, "propose", terms);
  const { results } = requireDone(network.run([propose], carol.key));
  const ref = stagedTxInterface.actions.propose.result.unpack(results[0] ?? new Uint8Array());
  assert.ok(ref.ok);
  const reject = (by: Person): string =>
    codeOf(network.run([packAction(by.name, stagedTxInterface, "reject", ref.value)], by.key));
  assert.equal(reject(alice), "done");
  assert.equal(reject(bob), "done");
  assert.equal(reject(bob), "proposal-unknown");
});
