import assert from "node:assert/strict";
import { resolve } from "node:path";
import { test } from "node:test";

import { hashClaim, revealing } from "@kith/hash-lock/client";
import { hashLockInterface } from "@kith/hash-lock/interface";
import { bundleService } from "@kith/packaging/bundle-service";
import { sha256Hex } from "@kith/protocol/hashes";
import { packText } from "@kith/protocol/texts";
import type { Action } from "@kith/protocol/transaction";
import { javaScript, setcodeInterface } from "@kith/sdk/system/setcode";
import { packAction } from "@kith/sdk/transaction";

import type { Prover } from "../provers.ts";
import type { TestNetwork } from "./network.ts";
import {
  alice,
  bob,
  carol,
  club,
  codeOf,
  createOwned,
  networkOf,
  noteBy,
  person,
  requireDone,
  setAuthService,
  signedBy,
  type Person,
} from "./people.ts";

/** Verify services as their authors install them: on accounts of their own, run by the sandbox. */

const hashLock = person("hash-lock", 71);
const endless = person("endless", 72);
const secret = packText("correct horse battery staple");

async function installed(entry: string, by: Person): Promise<TestNetwork> {
  const code = await bundleService(resolve(entry));
  assert.ok(code.ok, JSON.stringify(code));
  const network = networkOf([alice, bob, carol, by]);
  const args = { vm: javaScript, code: code.value };
  requireDone(network.run([packAction(by.name, setcodeInterface, "setCode", args)], by.key));
  return network;
}

test("a hash lock that somebody installs opens accounts, from the sandbox", async () => {
  const network = await installed("apps/hash-lock/service.ts", hashLock);
  const lock = {
    hash: sha256Hex(secret),
    beneficiary: bob.name,
    owner: alice.name,
    ownerFrom: network.time + 1000,
  };
  const made: readonly Action[] = [
    createOwned(alice, club, alice.name),
    packAction(club, hashLockInterface, "setLock", { lock }),
    setAuthService(club, hashLock.name),
  ];
  requireDone(network.run(made, alice.key));
  const outcome = (by: Person, proof: Uint8Array): string => {
    const prover: Prover = { claim: hashClaim(lock.hash), prove: revealing(proof) };
    return codeOf(network.runProvedBy([noteBy(club)], [...signedBy(by), prover]));
  };
  assert.equal(outcome(bob, packText("a guess")), "wrong-preimage");
  assert.equal(outcome(carol, secret), "wrong-key");
  assert.equal(codeOf(network.run([noteBy(club)], alice.key)), "still-locked");
  assert.equal(outcome(bob, secret), "done");
  network.time = lock.ownerFrom;
  assert.equal(codeOf(network.run([noteBy(club)], alice.key)), "done");
});

test("a verify service that does not come to an end is stopped, and nobody's transaction is used up", async () => {
  const network = await installed("test/chain/endless-verifier.ts", endless);
  const prover: Prover = {
    claim: { service: endless.name, rawData: new Uint8Array() },
    prove: () => Uint8Array.of(1),
  };
  const transaction = network.provedBy([noteBy(alice.name)], [...signedBy(alice), prover]);
  const admitted = network.admit(transaction);
  assert.ok(!admitted.ok && admitted.error.code === "proof-refused");
  assert.equal(admitted.error.reason, "out-of-fuel");
  const { receipts } = network.block([transaction]);
  assert.deepEqual(receipts.map(codeOf), ["out-of-fuel"]);
  assert.equal(network.chain.receipt(transaction.id), undefined);
});
