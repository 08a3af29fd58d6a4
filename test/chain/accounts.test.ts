import assert from "node:assert/strict";
import { test } from "node:test";

import { accountNameConstant } from "@kith/protocol/names";
import { accountsInterface } from "@kith/sdk/system/accounts";
import { authSigInterface } from "@kith/sdk/system/auth";
import { packAction, publicKeyOf } from "@kith/sdk/transaction";

import { keyOf, owner, ownerKey, TestNetwork } from "./network.ts";

const alice = accountNameConstant("alice");

test("a name that is free makes itself with the key that signs", () => {
  const network = new TestNetwork();
  const key = keyOf(7);
  const create = packAction(alice, accountsInterface, "create", {
    name: alice,
    key: publicKeyOf(key),
  });
  const receipt = network.run([create], key);
  assert.deepEqual(receipt.failure, undefined);
  assert.equal(network.chain.hasAccount(alice), true);
});
