import assert from "node:assert/strict";
import { test } from "node:test";

import { nameCharsMax } from "@kith/accounts/limits";
import type { AccountName } from "@kith/protocol/ids";
import { accountNameConstant } from "@kith/protocol/names";
import type { Action } from "@kith/protocol/transaction";
import { accountsInterface } from "@kith/sdk/system/accounts";
import { authDelegateInterface } from "@kith/sdk/system/auth-delegate";
import { packAction, publicKeyOf } from "@kith/sdk/transaction";

import { ask, jsonOf } from "./ask.ts";
import { owner, ownerKey, TestNetwork } from "./network.ts";
import { codeOf, creation, person, requireDone, type Person } from "./people.ts";

const jo = person("jo", 41);
const joanna = person("joanna-lee", 42);
const freeNameCharsMin = 8;

function makes(network: TestNetwork, who: Person): string {
  return codeOf(network.run([creation(who)], who.key));
}

function setChars(network: TestNetwork, chars: number, by: Person): string {
  const action = packAction(by.name, accountsInterface, "setFreeNameChars", { chars });
  return codeOf(network.run([action], by.key));
}

function asks(network: TestNetwork, name: string, args: object): unknown {
  const target = `/query/${name}?args=${encodeURIComponent(JSON.stringify(args))}`;
  const reply = ask(network, accountsInterface.name, target);
  assert.ok(reply !== undefined);
  return jsonOf(reply);
}

test("short names are not free for everybody, and a refusal says which are", () => {
  const network = new TestNetwork({ freeNameCharsMin });
  const receipt = network.run([creation(jo)], jo.key);
  assert.equal(receipt.failure?.code, "account-name-short");
  assert.match(receipt.failure?.message ?? "", /names of 8 to 10 characters are free.*owner/);
  assert.equal(makes(network, person("sevenxx", 1)), "account-name-short");
  assert.equal(makes(network, person("eight-xx", 1)), "done");
  assert.equal(makes(network, joanna), "done");
});

test("the owner of the network gives them, to whom he likes", () => {
  const network = new TestNetwork({ freeNameCharsMin });
  const give = packAction(owner, accountsInterface, "create", {
    name: jo.name,
    key: publicKeyOf(jo.key),
  });
  assert.equal(codeOf(network.run([give], ownerKey)), "done");
});

test("accounts that belong to others follow the rule for whoever makes them", () => {
  const network = new TestNetwork({ freeNameCharsMin });
  requireDone(network.run([creation(joanna)], joanna.key));
  const make = (creator: AccountName, name: string): Action =>
    packAction(creator, authDelegateInterface, "create", {
      name: accountNameConstant(name),
      owner: joanna.name,
    });
  assert.equal(codeOf(network.run([make(joanna.name, "shop")], joanna.key)), "account-name-short");
  assert.equal(codeOf(network.run([make(joanna.name, "shopping")], joanna.key)), "done");
  assert.equal(codeOf(network.run([make(owner, "shop")], ownerKey)), "done");
});

test("the owner changes the rule, within what names can be", () => {
  const network = new TestNetwork({ freeNameCharsMin });
  requireDone(network.run([creation(joanna)], joanna.key));
  const boss = { name: owner, key: ownerKey };
  assert.equal(setChars(network, 2, joanna), "not-the-owner");
  assert.equal(setChars(network, 0, boss), "chars-wrong");
  assert.equal(setChars(network, nameCharsMax + 1, boss), "chars-wrong");
  assert.equal(setChars(network, nameCharsMax, boss), "done");
  assert.equal(makes(network, person("nine-xxxx", 2)), "account-name-short");
  assert.equal(setChars(network, 2, boss), "done");
  assert.equal(makes(network, jo), "done");
  assert.equal(makes(network, person("j", 3)), "account-name-short");
});

test("a page asks for the rules, and whether a name can be had", () => {
  const network = new TestNetwork({ freeNameCharsMin, openRegistration: false });
  const rules = { openRegistration: false, freeNameCharsMin };
  assert.deepEqual(asks(network, "rules", {}), rules);
  const call = packAction(owner, accountsInterface, "rules", {});
  const [packed] = requireDone(network.run([call], ownerKey)).results;
  const called = accountsInterface.actions.rules.result.unpack(packed ?? new Uint8Array());
  assert.deepEqual(called, { ok: true, value: rules });
  const standing = (name: string): unknown => asks(network, "nameStanding", { name });
  assert.equal(standing("joanna-lee"), "free");
  assert.equal(standing("jo"), "short");
  assert.equal(standing("owner"), "taken");
  assert.equal(standing("accounts"), "taken");
  assert.equal(standing("supervisor"), "reserved");
  assert.equal(standing("x-anything"), "reserved");
  assert.equal(asks(network, "exists", { name: "owner" }), true);
  assert.equal(asks(network, "exists", { name: "jo" }), false);
  assert.equal(asks(network, "standing", { name: "jo" }), null);
});

test("a network says nothing about names unless it is told to", () => {
  const network = new TestNetwork();
  assert.deepEqual(asks(network, "rules", {}), { openRegistration: true, freeNameCharsMin: 1 });
  assert.equal(makes(network, person("j", 3)), "done");
});
