import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";

import {
  answerLogin,
  loginQuestionCodec,
  loginVerdictOf,
  type LoginVerdict,
} from "@kith/chain/login";
import type { RowAddress } from "@kith/chain/ports";
import { bundleExport } from "@kith/packaging/bundle-service";
import { installedCodeCodec } from "@kith/protocol/entry-points";
import type { Action } from "@kith/protocol/transaction";
import { inProcessMachine } from "@kith/sandbox/in-process-machine";
import { keyClaim } from "@kith/sdk/claims";
import { unpackText } from "@kith/sdk/reply";
import { accountsInterface } from "@kith/sdk/system/accounts";
import { authSigInterface } from "@kith/sdk/system/auth";
import { authKeysInterface } from "@kith/sdk/system/auth-keys";
import { javaScript, setcodeInterface } from "@kith/sdk/system/setcode";
import { packAction, publicKeyOf } from "@kith/sdk/transaction";
import { accountNameConstant, type AccountName } from "@kith/sdk/types";

import { requestTo } from "../ask.ts";
import { keyOf, systemModules } from "../network.ts";
import { openQueriedNetwork } from "../queried-network.ts";
import { asked } from "./asked.ts";

const [aliceKey, bobKey, newKey] = [keyOf(61), keyOf(62), keyOf(63)];
const alice = accountNameConstant("alice");
const bob = accountNameConstant("bob");
const { network, state, queries } = openQueriedNetwork();

const code = await bundleExport(join(import.meta.dirname, "asked.ts"), "asked");
assert.ok(code.ok, JSON.stringify(code));
for (const [name, key] of [
  [alice, aliceKey],
  [bob, bobKey],
  [asked.name, bobKey],
] as const) {
  done(key, packAction(name, accountsInterface, "create", { name, key: publicKeyOf(key) }));
}
const install = { vm: javaScript, code: code.value };
done(bobKey, packAction(asked.name, setcodeInterface, "setCode", install));
done(bobKey, packAction(asked.name, asked, "put", { id: 1, owner: alice, amount: 7n }));

function done(key: Uint8Array, action: Action): readonly Uint8Array[] {
  const result = network.block([network.transaction([action], key)]);
  const [receipt] = result.receipts;
  assert.ok(receipt);
  assert.equal(receipt.failure, undefined);
  queries.onExecuted(result);
  return receipt.results;
}

async function ask(target: string, user?: AccountName): Promise<unknown> {
  const answered = await queries.query(asked.name, requestTo(asked.name, target), user);
  assert.ok(answered.ok);
  return JSON.parse(unpackText(answered.value?.body ?? new Uint8Array()) ?? "");
}

test("a typed query and a handler are told whose question it is, and that nobody has said", async () => {
  assert.equal(await ask("/query/whoAsks", alice), "alice");
  assert.equal(await ask("/who", alice), "alice");
  assert.equal(await ask("/query/whoAsks"), null);
  assert.equal(await ask("/who"), "nobody");
});

test("a service that is called on the way, and an action, are not told", async () => {
  assert.equal(await ask("/query/whoAsksThrough", alice), null);
  const { whoIsBehind } = asked.actions;
  const [packed] = done(aliceKey, packAction(alice, asked, "whoIsBehind", {}));
  const result = whoIsBehind.result.unpack(packed ?? new Uint8Array());
  assert.deepEqual(result, { ok: true, value: undefined });
});

function amount(user?: AccountName): Promise<unknown> {
  return ask("/query/amountOf?id=1", user);
}

test("answers are kept for each user apart", async () => {
  assert.equal(await amount(alice), "7");
  const { cached } = queries.metrics();
  assert.equal(await amount(bob), null);
  assert.equal(await amount(), null);
  assert.equal(queries.metrics().cached, cached, "somebody else's answer was given");
  assert.deepEqual([await amount(alice), await amount(bob), await amount()], ["7", null, null]);
  assert.equal(queries.metrics().cached, cached + 3);
  done(bobKey, packAction(asked.name, asked, "put", { id: 1, owner: bob, amount: 9n }));
  assert.deepEqual([await amount(alice), await amount(bob), await amount()], [null, "9", null]);
});

async function mayLogIn(
  account: AccountName,
  key: Uint8Array,
  app: AccountName = asked.name,
): Promise<LoginVerdict> {
  const verdict = await queries.mayLogIn({ account, app, claim: keyClaim(publicKeyOf(key)) });
  assert.ok(verdict.ok);
  return verdict.value;
}

async function refusal(account: AccountName, key: Uint8Array): Promise<string> {
  const verdict = await mayLogIn(account, key);
  return verdict.kind === "refused" ? verdict.code : "allowed";
}

test("whoever could sign for an account may ask in its name, and nobody else", async () => {
  assert.deepEqual(await mayLogIn(alice, aliceKey), { kind: "allowed", validFrom: 0 });
  assert.equal(await refusal(alice, bobKey), "wrong-key");
  assert.equal(await refusal(accountNameConstant("nobody"), aliceKey), "account-unknown");
  assert.equal(await refusal(accountNameConstant("transact"), aliceKey), "account-locked");
});

test("a verdict is kept until a block touches what it was made from", async () => {
  await mayLogIn(alice, aliceKey);
  const { cached } = queries.metrics();
  await mayLogIn(alice, aliceKey);
  done(bobKey, packAction(asked.name, asked, "put", { id: 2, owner: bob, amount: 1n }));
  await mayLogIn(alice, aliceKey);
  assert.equal(queries.metrics().cached, cached + 2);
  done(aliceKey, packAction(alice, authSigInterface, "setKey", { key: publicKeyOf(newKey) }));
  assert.equal(await refusal(alice, aliceKey), "wrong-key");
  assert.equal(await refusal(alice, newKey), "allowed");
});

test("sessions that were ended are over from that block on: of one app, or of all", async () => {
  const other = accountNameConstant("sites");
  const from = async (app?: AccountName) => {
    const verdict = await mayLogIn(bob, bobKey, app);
    return verdict.kind === "allowed" ? verdict.validFrom : verdict.code;
  };
  assert.equal(await from(), 0);
  done(bobKey, packAction(bob, authKeysInterface, "endSessions", { app: asked.name }));
  const ended = network.time * 1_000_000;
  assert.deepEqual([await from(), await from(other)], [ended, 0]);
  done(bobKey, packAction(bob, authKeysInterface, "endSessions", {}));
  const all = network.time * 1_000_000;
  assert.deepEqual([await from(), await from(other)], [all, all]);
});

test("a network without `auth-keys` ends no sessions", () => {
  const applied = network.chain.applied();
  assert.ok(applied);
  const claim = keyClaim(publicKeyOf(bobKey));
  const question = loginQuestionCodec.pack({ account: bob, app: asked.name, claim });
  const { reply } = answerLogin(
    {
      rows: { getRow: withoutSessions, rangeRows: (range) => state.rangeRows(range) },
      machine: inProcessMachine(systemModules),
      num: applied.num,
      time: applied.time,
    },
    question,
  );
  assert.ok(reply);
  assert.deepEqual(loginVerdictOf(reply), { kind: "allowed", validFrom: 0 });
});

/** The state as it would be if nothing was installed on `auth-keys`. */
function withoutSessions(address: RowAddress): Uint8Array | undefined {
  const row = state.getRow(address);
  if (row === undefined || address.service !== setcodeInterface.name) return row;
  const installed = address.space === 0 ? installedCodeCodec.unpack(row) : undefined;
  return installed?.ok === true && installed.value.account === authKeysInterface.name
    ? undefined
    : row;
}
