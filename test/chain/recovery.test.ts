import assert from "node:assert/strict";
import { test } from "node:test";

import { listedMax } from "@kith/auth-keys/limits";
import { accountNameConstant } from "@kith/protocol/names";
import type { Action } from "@kith/protocol/transaction";
import { authSigInterface } from "@kith/sdk/system/auth";
import {
  authKeysInterface,
  friendsMax,
  recoveryDelaySecondsDefault,
  recoveryDelaySecondsMax,
  recoveryDelaySecondsMin,
  recoveryHeldSeconds,
} from "@kith/sdk/system/auth-keys";
import { packAction, publicKeyOf } from "@kith/sdk/transaction";

import {
  anna,
  ben,
  claimOf,
  cleo,
  day,
  dora,
  grown,
  keyedCreation,
  KeyedNetwork,
  laptop,
  paper,
  phone,
  stranger,
} from "./keyed.ts";
import { keyOf } from "./network.ts";
import { noteBy, person, requireDone, setAuthService, type Person } from "./people.ts";

const account = anna.name;
const delaySeconds = recoveryDelaySecondsDefault;
const friends = [ben.name, cleo.name, dora.name];
const start = { account, claim: claimOf(phone), label: "new phone" };
const support = { account, claim: claimOf(phone) };

function withFriends(threshold = 2): KeyedNetwork {
  const network = new KeyedNetwork();
  assert.equal(network.anna(laptop, "setFriends", { friends, threshold, delaySeconds }), "done");
  return network;
}

/** Ben and Cleo want to add the phone. */
function underWay(): KeyedNetwork {
  const network = withFriends();
  assert.equal(network.act(ben, "startRecovery", start), "done");
  assert.equal(network.act(cleo, "supportRecovery", support), "done");
  return network;
}

function finish(network: KeyedNetwork, by: Person = dora): string {
  return network.act(by, "finishRecovery", { account });
}

type RecoveryJson = { readonly supporters: readonly string[]; readonly readyAt: string | null };

function recoveryOf(network: KeyedNetwork): RecoveryJson | null {
  return network.asks(authKeysInterface.name, "recoveryOf", { account }) as RecoveryJson | null;
}

function action(
  { name }: Person,
  method: "startRecovery" | "supportRecovery" | "finishRecovery",
): Action {
  return packAction(name, authKeysInterface, method, start as never);
}

test("friends are chosen within limits", () => {
  const network = new KeyedNetwork();
  const set = (wanted: object): string =>
    network.anna(laptop, "setFriends", { friends, threshold: 2, delaySeconds, ...wanted });
  assert.equal(set({ friends: [] }), "no-friends");
  assert.equal(set({ friends: [ben.name, ben.name] }), "friend-repeated");
  assert.equal(set({ friends: [ben.name, anna.name] }), "friend-is-self");
  assert.equal(set({ friends: [ben.name, accountNameConstant("nobody")] }), "account-unknown");
  assert.equal(set({ threshold: 0 }), "threshold-wrong");
  assert.equal(set({ threshold: 4 }), "threshold-wrong");
  assert.equal(set({ delaySeconds: recoveryDelaySecondsMin - 1 }), "delay-wrong");
  assert.equal(set({ delaySeconds: recoveryDelaySecondsMax + 1 }), "delay-wrong");
  const many = Array.from({ length: friendsMax + 1 }, (_, i) => accountNameConstant(`f${i}`));
  assert.equal(set({ friends: many }), "too-many-friends");
  assert.equal(network.anna(laptop, "clearFriends", {}), "no-friends");
  assert.equal(set({ delaySeconds: recoveryDelaySecondsMin }), "done");
  assert.equal(set({ friends: [cleo.name], threshold: 1 }), "done");
  assert.deepEqual(network.asks(authKeysInterface.name, "friendsOf", { account }), {
    friends: ["cleo"],
    threshold: 1,
    delaySeconds,
  });
  assert.equal(network.act(ben, "startRecovery", start), "not-a-friend");
  assert.equal(network.anna(laptop, "clearFriends", {}), "done");
  assert.equal(network.asks(authKeysInterface.name, "friendsOf", { account }), null);
  assert.equal(network.act(cleo, "startRecovery", start), "not-a-friend");
});

test("enough friends bring a lost account back, after the delay and not before", () => {
  const network = underWay();
  network.travel(delaySeconds - 10);
  assert.equal(finish(network), "recovery-waits");
  network.travel(10);
  assert.equal(finish(network), "done");
  assert.equal(network.by([phone], noteBy(account)), "done");
  assert.equal(finish(network), "no-recovery");
});

test("the key that waits finishes by itself, once nobody can object any more", () => {
  const network = underWay();
  const finishing = packAction(account, authKeysInterface, "finishRecovery", { account });
  assert.equal(network.by([phone], finishing), "wrong-key");
  network.travel(delaySeconds);
  assert.equal(network.by([stranger], finishing), "wrong-key");
  assert.equal(network.by([phone], noteBy(account)), "wrong-key");
  assert.equal(network.by([phone], finishing), "done");
  assert.equal(network.by([phone], noteBy(account)), "done");
});

test("too few friends bring nothing back, and their word counts from when they are enough", () => {
  const network = withFriends();
  assert.equal(network.act(ben, "startRecovery", start), "done");
  network.travel(10 * day);
  assert.equal(finish(network), "support-missing");
  assert.equal(network.act(cleo, "supportRecovery", support), "done");
  assert.equal(finish(network), "recovery-waits");
  assert.equal(network.act(cleo, "supportRecovery", support), "supports-already");
  network.travel(delaySeconds - 10);
  assert.equal(network.act(cleo, "withdrawSupport", { account }), "done");
  assert.equal(network.act(cleo, "withdrawSupport", { account }), "no-support");
  network.travel(10);
  assert.equal(finish(network), "support-missing");
  assert.equal(network.act(dora, "supportRecovery", support), "done");
  assert.equal(finish(network), "recovery-waits");
  network.travel(delaySeconds);
  assert.equal(finish(network), "done");
});

test("the delay goes on when more friends agree, and when one of too many leaves", () => {
  const network = underWay();
  const readyAt = recoveryOf(network)?.readyAt;
  assert.equal(network.act(dora, "supportRecovery", support), "done");
  assert.equal(network.act(ben, "withdrawSupport", { account }), "done");
  assert.deepEqual(recoveryOf(network)?.supporters, ["cleo", "dora"]);
  assert.equal(recoveryOf(network)?.readyAt, readyAt);
});

test("one friend is enough where the owner says so", () => {
  const network = withFriends(1);
  assert.equal(network.act(ben, "startRecovery", start), "done");
  network.travel(delaySeconds);
  assert.equal(finish(network, ben), "done");
});

test("the owner objects with any key, also with the recovery code, also to what is young", () => {
  for (const key of [laptop, paper]) {
    const network = withFriends();
    network.add(laptop, paper, "recovery");
    network.act(ben, "startRecovery", start);
    network.act(cleo, "supportRecovery", support);
    network.travel(delaySeconds - 10);
    assert.equal(network.anna(key, "vetoRecovery", {}), "done");
    network.travel(10);
    assert.equal(finish(network), "no-recovery");
    assert.equal(network.anna(key, "vetoRecovery", {}), "no-recovery");
  }
});

test("nobody else objects, and a friend who started it takes it back", () => {
  const network = withFriends();
  assert.equal(network.act(ben, "startRecovery", start), "done");
  assert.equal(network.act(dora, "vetoRecovery", {}), "no-recovery");
  assert.equal(
    network.by([phone], packAction(account, authKeysInterface, "vetoRecovery", {})),
    "wrong-key",
  );
  assert.equal(network.act(ben, "withdrawSupport", { account }), "done");
  assert.equal(recoveryOf(network), null);
});

test("choosing friends anew ends what the former ones have begun", () => {
  const network = underWay();
  const wanted = { friends: [dora.name], threshold: 1, delaySeconds };
  assert.equal(network.anna(laptop, "setFriends", wanted), "done");
  network.travel(delaySeconds);
  assert.equal(finish(network), "no-recovery");
  assert.equal(network.act(dora, "startRecovery", start), "done");
  assert.equal(network.anna(laptop, "clearFriends", {}), "done");
  network.travel(delaySeconds);
  assert.equal(finish(network), "no-recovery");
});

test("a friend who has looked at one key does not agree to another", () => {
  const network = withFriends();
  assert.equal(network.act(ben, "startRecovery", start), "done");
  const other = { ...start, claim: claimOf(stranger) };
  assert.equal(network.act(ben, "startRecovery", other), "done");
  assert.equal(network.act(cleo, "supportRecovery", support), "recovery-changed");
  assert.equal(network.act(cleo, "supportRecovery", other), "done");
  // Replaced, it begins from the start.
  assert.equal(network.act(ben, "startRecovery", start), "done");
  assert.deepEqual(recoveryOf(network)?.supporters, ["ben"]);
  assert.equal(recoveryOf(network)?.readyAt, null);
});

test("one at a time; a friend alone holds others off for a day, however often he starts anew", () => {
  const network = withFriends();
  const other = { ...start, claim: claimOf(stranger) };
  assert.equal(network.act(ben, "startRecovery", other), "done");
  assert.equal(network.act(cleo, "startRecovery", start), "recovery-under-way");
  network.travel(recoveryHeldSeconds - 10);
  assert.equal(network.act(ben, "startRecovery", other), "done");
  network.travel(10);
  assert.equal(network.act(cleo, "startRecovery", start), "done");
  network.travel(recoveryHeldSeconds);
  assert.equal(network.act(dora, "supportRecovery", support), "done");
  assert.equal(network.act(ben, "startRecovery", other), "recovery-under-way");
});

test("what cannot be recovered to is refused", () => {
  const network = withFriends();
  const wrong = (args: object): string => network.act(ben, "startRecovery", { ...start, ...args });
  assert.equal(wrong({ claim: claimOf(laptop) }), "key-known");
  assert.equal(
    wrong({ claim: { ...claimOf(phone), rawData: Uint8Array.of(1) } }),
    "claim-malformed",
  );
  assert.equal(wrong({ label: "" }), "label-malformed");
  assert.equal(wrong({ account: cleo.name }), "not-a-friend");
  assert.equal(network.act(cleo, "supportRecovery", support), "no-recovery");
  assert.equal(finish(network), "no-recovery");
});

test("an account that has left its keys is not recovered by them", () => {
  const network = underWay();
  const setKey = packAction(account, authSigInterface, "setKey", { key: publicKeyOf(laptop) });
  requireDone(network.run([setKey, setAuthService(account, authSigInterface.name)], laptop));
  network.travel(delaySeconds);
  assert.equal(finish(network), "not-by-keys");
  assert.equal(network.act(ben, "startRecovery", start), "not-by-keys");
});

test("friends who turn out to be none are stopped by an older key for three more days", () => {
  const network = underWay();
  network.travel(delaySeconds);
  assert.equal(finish(network), "done");
  const id = network.idOf(phone);
  assert.equal(network.anna(phone, "removeKey", { id: network.idOf(laptop) }), "key-too-young");
  assert.equal(network.anna(laptop, "removeKey", { id }), "done");
  assert.equal(network.by([phone], noteBy(account)), "wrong-key");
});

test("after three days the recovered key gets rid of what was lost", () => {
  const network = underWay();
  network.travel(delaySeconds);
  finish(network);
  network.travel(grown);
  assert.equal(network.anna(phone, "removeKey", { id: network.idOf(laptop) }), "done");
});

test("somebody with as many keys as can be is recovered, too", () => {
  const network = withFriends();
  for (let i = 1; i < 32; i++) assert.equal(network.add(laptop, keyOf(100 + i)), "done");
  network.act(ben, "startRecovery", start);
  network.act(cleo, "supportRecovery", support);
  network.travel(delaySeconds);
  assert.equal(finish(network), "done");
  assert.equal(network.by([phone], noteBy(account)), "done");
});

test("accounts that only name a friend, and recoveries that are over, do not hide what waits for him", () => {
  const network = withFriends();
  const crowd = Array.from({ length: listedMax + 1 }, (_, i) => person(`a-${i}`, 75));
  const wanted = { friends: [ben.name, cleo.name], threshold: 1, delaySeconds };
  for (const each of crowd) {
    const choose = packAction(each.name, authKeysInterface, "setFriends", wanted);
    requireDone(network.run([keyedCreation(each.name, each.key)], each.key));
    requireDone(network.run([choose], each.key));
  }
  const waiting = (): readonly string[] => {
    const args = { friend: cleo.name };
    const rows = network.asks(authKeysInterface.name, "recoveriesAskedOf", args);
    return (rows as readonly { readonly account: string }[]).map((row) => row.account);
  };
  assert.equal(network.act(ben, "startRecovery", start), "done");
  assert.deepEqual(waiting(), ["anna"]);
  for (const each of crowd) {
    const args = { ...start, account: each.name };
    assert.equal(network.act(ben, "startRecovery", args), "done");
  }
  assert.equal(waiting().length, listedMax);
  assert.equal(waiting()[0], crowd.at(-1)?.name);
  for (const { name } of crowd) {
    assert.equal(network.act(ben, "withdrawSupport", { account: name }), "done");
  }
  assert.deepEqual(waiting(), ["anna"]);
});

test("friends see what waits for them, and everybody is told what happens", () => {
  const network = withFriends();
  const asked = (friend: Person): unknown =>
    network.asks(authKeysInterface.name, "recoveriesAskedOf", { friend: friend.name });
  assert.deepEqual(asked(cleo), []);
  assert.deepEqual(network.told(ben.key, action(ben, "startRecovery")), ["recoveryChanged"]);
  const [waiting] = asked(cleo) as { account: string; label: string; supporters: string[] }[];
  assert.deepEqual(
    [waiting?.account, waiting?.label, waiting?.supporters],
    ["anna", "new phone", ["ben"]],
  );
  assert.deepEqual(asked(anna), []);
  assert.deepEqual(network.told(cleo.key, action(cleo, "supportRecovery")), ["recoveryChanged"]);
  network.travel(delaySeconds);
  assert.deepEqual(network.told(dora.key, action(dora, "finishRecovery")), [
    "keyChanged",
    "recoveryChanged",
  ]);
  assert.deepEqual(asked(cleo), []);
});
