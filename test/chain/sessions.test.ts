import assert from "node:assert/strict";
import { test } from "node:test";

import { accountNameConstant } from "@kith/protocol/names";
import { appsSignedOutMax, authKeysInterface } from "@kith/sdk/system/auth-keys";
import { packAction } from "@kith/sdk/transaction";

import { anna, ben, KeyedNetwork, laptop, phone } from "./keyed.ts";
import { owner } from "./network.ts";
import { creation, person, requireDone } from "./people.ts";

const apps = ["ben", "cleo"].map(accountNameConstant);
const [board = ben.name, shop = ben.name] = apps;

/** As a page asks, and as a service does: both say the same. */
function validFrom(network: KeyedNetwork, app = board, account = anna.name): number {
  const args = { account, app };
  const asked = Number(network.asks(authKeysInterface.name, "tokensValidFrom", args));
  const call = packAction(ben.name, authKeysInterface, "tokensValidFrom", args);
  const [packed] = requireDone(network.run([call], ben.key)).results;
  const { result } = authKeysInterface.actions.tokensValidFrom;
  const called = result.unpack(packed ?? new Uint8Array());
  assert.deepEqual(called, { ok: true, value: asked });
  return asked;
}

test("tokens count until their sessions are ended: for one app, or for all", () => {
  const network = new KeyedNetwork();
  assert.equal(validFrom(network), 0);
  assert.equal(network.anna(laptop, "endSessions", { app: board }), "done");
  const ofBoard = network.time * 1_000_000;
  assert.equal(validFrom(network), ofBoard);
  assert.equal(validFrom(network, shop), 0);
  network.travel(100);
  assert.equal(network.anna(laptop, "endSessions", {}), "done");
  const ofAll = network.time * 1_000_000;
  assert.equal(validFrom(network), ofAll);
  assert.equal(validFrom(network, shop), ofAll);
  network.travel(100);
  assert.equal(network.anna(laptop, "endSessions", { app: shop }), "done");
  const ofShop = network.time * 1_000_000;
  assert.equal(validFrom(network), ofAll);
  assert.equal(validFrom(network, shop), ofShop);
});

test("accounts of any auth service end their sessions, and only their own", () => {
  const network = new KeyedNetwork();
  assert.equal(network.act(ben, "endSessions", {}), "done");
  assert.ok(validFrom(network, board, ben.name) > 0);
  assert.equal(validFrom(network), 0);
  assert.equal(network.act({ ...anna, key: phone }, "endSessions", {}), "wrong-key");
});

test("an app is one that there is, and beyond some apps all sessions are ended at once", () => {
  const network = new KeyedNetwork();
  const app = accountNameConstant("nobody");
  assert.equal(network.anna(laptop, "endSessions", { app }), "account-unknown");
  const many = Array.from({ length: appsSignedOutMax }, (_, i) => person(`app-${i}`, 9));
  for (const each of many) {
    requireDone(network.run([{ ...creation(each), sender: owner }]));
    assert.equal(network.anna(laptop, "endSessions", { app: each.name }), "done");
  }
  assert.equal(network.anna(laptop, "endSessions", { app: board }), "too-many-apps");
  const [first = ben] = many;
  assert.equal(network.anna(laptop, "endSessions", { app: first.name }), "done");
  assert.equal(network.anna(laptop, "endSessions", {}), "done");
  assert.equal(network.anna(laptop, "endSessions", { app: board }), "done");
});

test("whoever removes a key has its device signed out everywhere", () => {
  const network = new KeyedNetwork();
  network.add(laptop, phone);
  assert.equal(network.anna(laptop, "removeKey", { id: network.idOf(phone) }), "done");
  const removedAt = network.time * 1_000_000;
  assert.equal(validFrom(network), removedAt);
});
