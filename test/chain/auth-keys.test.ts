import assert from "node:assert/strict";
import { test } from "node:test";

import { listedMax } from "@kith/auth-keys/limits";
import type { AccountName, Checksum } from "@kith/protocol/ids";
import { accountNameConstant } from "@kith/protocol/names";
import type { Action } from "@kith/protocol/transaction";
import { accountsInterface } from "@kith/sdk/system/accounts";
import { authSigInterface } from "@kith/sdk/system/auth";
import { authDelegateInterface } from "@kith/sdk/system/auth-delegate";
import { authGroupInterface } from "@kith/sdk/system/auth-group";
import { authKeysInterface, keyLabelCharsMax, keysMax } from "@kith/sdk/system/auth-keys";
import { setcodeInterface } from "@kith/sdk/system/setcode";
import { stagedTxInterface } from "@kith/sdk/system/staged-tx";
import { packAction, publicKeyOf } from "@kith/sdk/transaction";

import { passkeyProver, signerOf } from "../provers.ts";
import {
  anna,
  ben,
  claimOf,
  day,
  grown,
  keyedCreation,
  KeyedNetwork,
  laptop,
  paper,
  phone,
  stranger,
  tablet,
  type KeyJson,
} from "./keyed.ts";
import { keyOf, TestNetwork } from "./network.ts";
import {
  codeOf,
  createGroup,
  createOwned,
  groupOf,
  lock,
  noteBy,
  notesOf,
  person,
  requireDone,
  setAuthService,
} from "./people.ts";

const note = noteBy(anna.name);

function keysOf(network: KeyedNetwork): readonly KeyJson[] {
  return network.asks(authKeysInterface.name, "keysOf", { account: anna.name }) as KeyJson[];
}

/** A network on which Anna lost her laptop long ago, and has come in on the phone by her recovery code. */
function withYoungPhone(): KeyedNetwork {
  const network = new KeyedNetwork();
  assert.equal(network.add(laptop, paper, "recovery"), "done");
  assert.equal(network.add(paper, phone), "done");
  return network;
}

test("an account begins with a device, and every device that it adds acts for it alone", () => {
  const network = new KeyedNetwork();
  assert.equal(network.by([laptop], note), "done");
  assert.equal(network.by([phone], note), "wrong-key");
  assert.equal(network.add(laptop, phone), "done");
  assert.equal(network.by([phone], noteBy(anna.name, 2)), "done");
  assert.equal(network.add(phone, tablet), "done");
  assert.equal(network.by([tablet], noteBy(anna.name, 3)), "done");
  assert.equal(network.by([stranger], note), "wrong-key");
  assert.equal(notesOf(network, anna.name), 3);
});

test("a passkey can be the first key, and any key proves the account", () => {
  const network = new TestNetwork();
  const name = accountNameConstant("petra");
  const { claim } = passkeyProver();
  const args = { name, key: new Uint8Array(), devices: "passkey", claim };
  const make = packAction(name, accountsInterface, "create", args);
  assert.equal(codeOf(network.runProvedBy([make], [signerOf(phone)])), "key-not-proved");
  requireDone(network.runProvedBy([make], [passkeyProver()]));
  const add = packAction(name, authKeysInterface, "addKey", {
    claim: claimOf(phone),
    role: "device",
    label: "phone",
  });
  requireDone(network.runProvedBy([add], [passkeyProver()]));
  const rename = packAction(name, authKeysInterface, "renameKey", { id: 1, label: "my passkey" });
  assert.equal(codeOf(network.run([rename], phone)), "done");
});

test("what cannot be a first key is refused", () => {
  const network = new TestNetwork();
  const name = accountNameConstant("petra");
  const { claim } = passkeyProver();
  const make = (args: object): Action =>
    packAction(name, accountsInterface, "create", {
      name,
      key: publicKeyOf(phone),
      devices: "phone",
      ...args,
    });
  const both = [signerOf(phone), passkeyProver()];
  assert.equal(codeOf(network.runProvedBy([make({ claim })], both)), "two-keys");
  const key = new Uint8Array();
  const bare = packAction(name, accountsInterface, "create", { name, key, claim });
  assert.equal(codeOf(network.runProvedBy([bare], both)), "devices-missing");
  for (const devices of ["", "x".repeat(keyLabelCharsMax + 1), "two\nlines", "right‮left"]) {
    assert.equal(codeOf(network.run([make({ devices })], phone)), "label-malformed", devices);
  }
  assert.equal(
    codeOf(network.run([make({ devices: "x".repeat(keyLabelCharsMax) })], phone)),
    "done",
  );
});

test("keys are of those kinds that the platform verifies, each once, and called what they are", () => {
  const network = new KeyedNetwork();
  const add = (claim: object, role: "device" | "passkey" | "recovery"): string =>
    network.anna(laptop, "addKey", { claim: { ...claimOf(phone), ...claim }, role, label: "x" });
  const service = accountNameConstant("hash-lock");
  assert.equal(add({ service }, "device"), "claim-malformed");
  assert.equal(add({ rawData: Uint8Array.of(1, 2) }, "device"), "claim-malformed");
  assert.equal(add({}, "passkey"), "role-wrong");
  const { claim: ofPasskey } = passkeyProver();
  assert.equal(add(ofPasskey, "device"), "role-wrong");
  assert.equal(add(ofPasskey, "recovery"), "role-wrong");
  assert.equal(add(ofPasskey, "passkey"), "done");
  assert.equal(add({}, "device"), "done");
  assert.equal(add({}, "device"), "key-known");
  assert.equal(add({}, "recovery"), "key-known");
});

test("an account has a limited number of keys", () => {
  const network = new KeyedNetwork();
  for (let i = 1; i < keysMax; i++) assert.equal(network.add(laptop, keyOf(100 + i)), "done");
  assert.equal(network.add(laptop, phone), "too-many-keys");
  assert.equal(keysOf(network).length, keysMax);
});

test("keys are removed and renamed, and their numbers are never given again", () => {
  const network = new KeyedNetwork();
  network.add(laptop, phone);
  const id = network.idOf(phone);
  assert.equal(network.anna(laptop, "renameKey", { id, label: "old phone" }), "done");
  assert.deepEqual(
    keysOf(network).map(({ label }) => label),
    ["laptop", "old phone"],
  );
  assert.equal(network.anna(laptop, "renameKey", { id, label: "" }), "label-malformed");
  assert.equal(network.anna(laptop, "renameKey", { id: 9, label: "x" }), "key-unknown");
  assert.equal(network.anna(laptop, "removeKey", { id }), "done");
  assert.equal(network.anna(laptop, "removeKey", { id }), "key-unknown");
  assert.equal(network.by([phone], note), "wrong-key");
  network.add(laptop, phone);
  assert.ok(network.idOf(phone) > id);
});

test("the last key that acts stays", () => {
  const network = new KeyedNetwork();
  network.add(laptop, paper, "recovery");
  const id = network.idOf(laptop);
  assert.equal(network.anna(laptop, "removeKey", { id }), "last-key");
  network.add(laptop, phone);
  assert.equal(network.anna(laptop, "removeKey", { id }), "done");
  assert.equal(network.anna(phone, "removeKey", { id: network.idOf(phone) }), "last-key");
});

test("a recovery code adds a key and does nothing else", () => {
  const network = withYoungPhone();
  assert.equal(network.by([paper], note), "recovery-only");
  assert.equal(network.anna(paper, "removeKey", { id: 1 }), "recovery-only");
  assert.equal(network.anna(paper, "clearFriends", {}), "recovery-only");
  assert.equal(network.anna(paper, "endSessions", {}), "recovery-only");
  assert.equal(network.add(paper, stranger, "recovery"), "key-too-young");
  assert.equal(network.by([phone], note), "done");
});

test("a young key acts, but touches nothing that is older, and neither does what it adds", () => {
  const network = withYoungPhone();
  assert.equal(network.add(phone, tablet), "done");
  const tries = [phone, tablet].flatMap((key) => [
    network.anna(key, "removeKey", { id: network.idOf(laptop) }),
    network.anna(key, "removeKey", { id: network.idOf(paper) }),
    network.anna(key, "renameKey", { id: network.idOf(laptop), label: "phone" }),
    network.anna(key, "setFriends", { friends: [ben.name], threshold: 1, delaySeconds: 90_000 }),
    network.anna(key, "clearFriends", {}),
  ]);
  assert.deepEqual(new Set(tries), new Set(["key-too-young"]));
  assert.equal(network.anna(tablet, "removeKey", { id: network.idOf(phone) }), "key-too-young");
  assert.equal(network.anna(phone, "removeKey", { id: network.idOf(tablet) }), "done");
});

test("a young key cannot take the account away by other ways: auth services, locks, code", () => {
  const network = withYoungPhone();
  const setKey = packAction(anna.name, authSigInterface, "setKey", { key: publicKeyOf(phone) });
  const install = packAction(anna.name, setcodeInterface, "removeCode", {});
  const leave = setAuthService(anna.name, authSigInterface.name);
  const setOwner = packAction(anna.name, authDelegateInterface, "setOwner", { owner: ben.name });
  const group = groupOf(1, ben);
  const setGroup = packAction(anna.name, authGroupInterface, "setGroup", { group });
  for (const action of [leave, lock(anna.name), install, setKey, setOwner, setGroup]) {
    assert.equal(network.by([phone], action), "key-too-young");
    assert.equal(network.by([paper], action), "recovery-only");
  }
  network.travel(grown);
  assert.equal(network.by([phone], setKey, leave), "done");
});

test("nor what the account owns, neither at once nor by a proposal; an older key does", () => {
  const network = withYoungPhone();
  const shop = accountNameConstant("shop");
  requireDone(network.run([createOwned(anna, shop, anna.name)], laptop));
  assert.equal(network.by([phone], noteBy(shop)), "done");
  const give = packAction(shop, authDelegateInterface, "setOwner", { owner: ben.name });
  assert.equal(network.by([phone], give), "key-too-young");
  const ownerOfShop = (): unknown => {
    const ask = packAction(ben.name, authDelegateInterface, "ownerOf", { account: shop });
    const [packed] = requireDone(network.run([ask], ben.key)).results;
    return authDelegateInterface.actions.ownerOf.result.unpack(packed ?? new Uint8Array());
  };
  for (const sender of [anna.name, shop]) {
    const terms = { actions: [give], autoExecute: true, expiration: network.time + 600 };
    const propose = packAction(sender, stagedTxInterface, "propose", terms);
    assert.equal(network.by([phone], propose), "done");
    assert.deepEqual(ownerOfShop(), { ok: true, value: anna.name });
  }
  const terms = { actions: [noteBy(shop, 2)], autoExecute: true, expiration: network.time + 600 };
  assert.equal(
    network.by([phone], packAction(anna.name, stagedTxInterface, "propose", terms)),
    "done",
  );
  assert.equal(notesOf(network, shop), 2);
  const again = { actions: [give], autoExecute: true, expiration: network.time + 601 };
  assert.equal(
    network.by([laptop], packAction(anna.name, stagedTxInterface, "propose", again)),
    "done",
  );
  assert.deepEqual(ownerOfShop(), { ok: true, value: ben.name });
});

test("nor by a proposal that it makes and agrees to", () => {
  const network = withYoungPhone();
  const propose = (actions: readonly Action[]): string =>
    codeOf(
      network.run(
        [
          packAction(anna.name, stagedTxInterface, "propose", {
            actions,
            autoExecute: true,
            expiration: network.time + 600,
          }),
        ],
        phone,
      ),
    );
  const remove = packAction(anna.name, authKeysInterface, "removeKey", { id: 1 });
  assert.equal(propose([remove]), "key-too-young");
  assert.equal(propose([setAuthService(anna.name, authSigInterface.name)]), "done");
  const standing = network.asks(accountsInterface.name, "standing", { name: anna.name });
  assert.deepEqual(standing, { authService: "auth-keys", locked: false });
  assert.equal(propose([note]), "done");
  assert.equal(notesOf(network, anna.name), 1);
});

test("older keys remove young ones, and after three days a key is as good as any", () => {
  const network = withYoungPhone();
  assert.equal(network.anna(laptop, "removeKey", { id: network.idOf(phone) }), "done");
  assert.equal(network.by([phone], note), "wrong-key");
  assert.equal(network.add(paper, tablet), "done");
  network.travel(grown);
  assert.equal(network.anna(tablet, "removeKey", { id: network.idOf(laptop) }), "done");
  assert.equal(network.by([laptop], note), "wrong-key");
});

test("an account with one key moves to many, and back", () => {
  const network = new KeyedNetwork();
  const first = { claim: claimOf(phone), role: "device", label: "phone" } as const;
  assert.equal(
    codeOf(network.run([setAuthService(ben.name, authKeysInterface.name)], ben.key)),
    "auth-service-unable",
  );
  assert.equal(
    network.act(ben, "addKey", { ...first, claim: claimOf(paper), role: "recovery" }),
    "done",
  );
  assert.equal(
    codeOf(network.run([setAuthService(ben.name, authKeysInterface.name)], ben.key)),
    "auth-service-unable",
  );
  assert.equal(network.act(ben, "addKey", first), "done");
  requireDone(network.run([setAuthService(ben.name, authKeysInterface.name)], ben.key));
  assert.equal(codeOf(network.run([noteBy(ben.name)], ben.key)), "wrong-key");
  requireDone(network.run([setAuthService(ben.name, authSigInterface.name)], phone));
  assert.equal(codeOf(network.run([noteBy(ben.name)], ben.key)), "done");
});

test("a page asks which accounts a key belongs to, and hears of the first one first", () => {
  const network = new KeyedNetwork();
  network.add(laptop, paper, "recovery");
  const claim = { service: "verify-sig", rawData: Buffer.from(publicKeyOf(paper)).toString("hex") };
  const eve = person("a-thief", 75);
  requireDone(network.run([keyedCreation(eve.name, eve.key)], eve.key));
  const copied = { claim: claimOf(paper), role: "recovery", label: "mine" } as const;
  assert.equal(network.act(eve, "addKey", copied), "done");
  const found = () =>
    (network.asks(authKeysInterface.name, "accountsOf", { claim }) as { account: string }[]).map(
      ({ account }) => account,
    );
  assert.deepEqual(found(), ["anna", "a-thief"]);
  requireDone(
    network.run(
      [packAction(anna.name, authSigInterface, "setKey", { key: publicKeyOf(laptop) })],
      laptop,
    ),
  );
  requireDone(network.run([setAuthService(anna.name, authSigInterface.name)], laptop));
  assert.deepEqual(found(), ["a-thief"]);
});

test("lists of accounts end with their hundredth element, and those who were there first are in it", () => {
  const network = new KeyedNetwork();
  network.add(laptop, paper, "recovery");
  const copied = { claim: claimOf(paper), role: "recovery", label: "mine" } as const;
  for (let i = 0; i < listedMax; i++) {
    const thief = person(`a-${i}`, 75);
    const add = packAction(thief.name, authKeysInterface, "addKey", copied);
    requireDone(network.run([keyedCreation(thief.name, thief.key), add], thief.key));
  }
  const claim = { service: "verify-sig", rawData: Buffer.from(publicKeyOf(paper)).toString("hex") };
  const found = network.asks(authKeysInterface.name, "accountsOf", { claim }) as readonly {
    readonly account: string;
  }[];
  assert.equal(found.length, listedMax);
  assert.equal(found[0]?.account, "anna");
});

test("a service asks for a key, and gets it with its role", () => {
  const network = new KeyedNetwork();
  const ofKey = (key: Uint8Array): unknown => {
    const args = { account: anna.name, claim: claimOf(key) };
    const { results } = requireDone(
      network.run([packAction(ben.name, authKeysInterface, "keyOf", args)], ben.key),
    );
    return authKeysInterface.actions.keyOf.result.unpack(results[0] ?? new Uint8Array());
  };
  const found = ofKey(laptop) as { readonly value: { readonly role: string; readonly id: number } };
  assert.deepEqual([found.value.role, found.value.id], ["device", 1]);
  assert.deepEqual(ofKey(phone), { ok: true, value: undefined });
});

test("nobody sets up the keys of others, and system accounts stay as they are", () => {
  const network = new KeyedNetwork();
  const setUp = { account: anna.name, claim: claimOf(stranger), label: "x" };
  assert.equal(network.act(ben, "setUp", setUp), "not-allowed");
  assert.equal(network.anna(laptop, "setUp", setUp), "not-allowed");
});

test("members of groups sign with their devices in one transaction; a young one not where it matters", () => {
  const network = withYoungPhone();
  const club = accountNameConstant("club");
  requireDone(network.run([createGroup(ben, club, groupOf(2, anna, ben))], ben.key));
  assert.equal(network.by([ben.key, laptop], noteBy(club)), "done");
  assert.equal(network.by([ben.key, phone], noteBy(club, 2)), "done");
  assert.equal(network.by([ben.key, paper], noteBy(club, 3)), "weight-too-low");
  assert.equal(network.by([ben.key, stranger], noteBy(club, 3)), "weight-too-low");
  assert.equal(network.by([ben.key, phone], lock(club)), "weight-too-low");
  assert.equal(network.by([ben.key, laptop], lock(club)), "done");
});

type Ref = { readonly id: number; readonly hash: Checksum };

/** Ben proposes it, and it runs as soon as enough agree. */
function proposed(network: KeyedNetwork, ...actions: readonly Action[]): Ref {
  const terms = { actions, autoExecute: true, expiration: network.time + 10 * day };
  const propose = packAction(ben.name, stagedTxInterface, "propose", terms);
  const { results } = requireDone(network.run([propose], ben.key));
  const ref = stagedTxInterface.actions.propose.result.unpack(results[0] ?? new Uint8Array());
  assert.ok(ref.ok);
  return ref.value;
}

function accepted(by: AccountName, ref: Ref): Action {
  return packAction(by, stagedTxInterface, "accept", ref);
}

function isLocked(network: KeyedNetwork, name: AccountName): boolean {
  const standing = network.asks(accountsInterface.name, "standing", { name });
  return (standing as { readonly locked: boolean }).locked;
}

test("what a member answers with a young key decides for its group only what that key decides alone", () => {
  const network = withYoungPhone();
  const club = accountNameConstant("club");
  requireDone(network.run([createGroup(ben, club, groupOf(2, anna, ben))], ben.key));
  assert.equal(network.by([phone], accepted(anna.name, proposed(network, noteBy(club)))), "done");
  assert.equal(notesOf(network, club), 1);
  const ref = proposed(network, noteBy(club, 2), lock(club));
  assert.equal(network.by([phone], accepted(anna.name, ref)), "key-too-young");
  assert.equal(isLocked(network, club), false);
  assert.equal(network.by([laptop], accepted(anna.name, ref)), "done");
  assert.equal(isLocked(network, club), true);
});

test("nor does what a young key proposes count as agreed to, until it has grown up", () => {
  const network = withYoungPhone();
  const club = accountNameConstant("club");
  requireDone(network.run([createGroup(ben, club, groupOf(1, anna))], ben.key));
  const terms = { actions: [lock(club)], autoExecute: true, expiration: network.time + 10 * day };
  const propose = packAction(anna.name, stagedTxInterface, "propose", terms);
  const { results } = requireDone(network.run([propose], phone));
  const ref = stagedTxInterface.actions.propose.result.unpack(results[0] ?? new Uint8Array());
  assert.ok(ref.ok);
  assert.equal(isLocked(network, club), false);
  network.travel(grown);
  network.block([]);
  assert.equal(network.by([phone], accepted(anna.name, ref.value)), "done");
  assert.equal(isLocked(network, club), true);
});

test("a young key does not go round by a group within the group, or by an account that it owns", () => {
  const network = withYoungPhone();
  const [inner, shop, club] = ["inner", "shop", "club"].map((name) => accountNameConstant(name));
  assert.ok(inner !== undefined && shop !== undefined && club !== undefined);
  requireDone(network.run([createGroup(ben, inner, groupOf(1, anna))], ben.key));
  requireDone(network.run([createOwned(anna, shop, anna.name)], laptop));
  requireDone(network.run([createGroup(ben, club, groupOf(1, inner, shop))], ben.key));
  const ref = proposed(network, lock(club));
  assert.equal(network.by([phone], accepted(shop, ref)), "key-too-young");
  assert.equal(network.by([phone], accepted(inner, ref)), "weight-too-low", "directly");
  const nested = proposed(network, accepted(inner, ref));
  assert.equal(network.by([phone], accepted(anna.name, nested)), "key-too-young");
  assert.equal(isLocked(network, club), false);
  assert.equal(network.by([laptop], accepted(anna.name, nested)), "done");
  assert.equal(isLocked(network, club), true);
});

test("what becomes of keys is told", () => {
  const network = new KeyedNetwork();
  const add = packAction(anna.name, authKeysInterface, "addKey", {
    claim: claimOf(phone),
    role: "device",
    label: "phone",
  });
  assert.deepEqual(network.told(laptop, add), ["keyChanged"]);
  assert.deepEqual(
    network.told(
      laptop,
      packAction(anna.name, authKeysInterface, "renameKey", { id: 2, label: "p" }),
    ),
    ["keyChanged"],
  );
  assert.deepEqual(
    network.told(laptop, packAction(anna.name, authKeysInterface, "removeKey", { id: 2 })),
    ["keyChanged", "sessionsEnded"],
  );
});
