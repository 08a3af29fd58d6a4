import assert from "node:assert/strict";
import { join, resolve } from "node:path";
import { test } from "node:test";

import { packAction } from "@kith/sdk/transaction";
import { tokens } from "@kith/tokens/service";

import { sample, spent } from "./sample/service/index.ts";
import { codeOf, testNetwork, valueOf } from "./test-network.ts";

const app = join(import.meta.dirname, "sample");
const apps = resolve(import.meta.dirname, "../../apps");
const lines: string[] = [];
const network = await testNetwork({
  app,
  service: sample,
  with: [join(apps, "tokens")],
  onLog: (service, line) => lines.push(`${service}: ${line}`),
});
const alice = network.account("alice");
const bob = network.account("bob");

const add = (number: number) => packAction(bob, sample, "add", { number, note: "" });
const spend = (number: number) => packAction(bob, sample, "spend", { number });

test("calls give typed results, or the service's own code, and undo what they did", () => {
  valueOf(network.as(alice).add({ number: 5, note: "x" }));
  assert.equal(valueOf(network.as(alice).spend({ number: 2 })), 3);
  const refused = network.as(alice).spend({ number: 4 });
  assert.equal(codeOf(refused), "sum-too-small");
  assert.equal(refused.receipt.failure?.actionIndex, 0);
  assert.throws(() => valueOf(refused), /sum-too-small: 3 is all/);
  assert.deepEqual(network.events(spent), [{ owner: alice, number: 2 }]);
  assert.deepEqual(lines, ["sample: added 5"]);
});

test("several actions are one transaction, and several transactions one block", () => {
  assert.equal(codeOf(network.send([add(1), spend(2)])), "sum-too-small");
  const [first, second] = network.block([[add(1)], [spend(1)]]);
  assert.ok(first?.ok === true && second?.ok === true);
  assert.equal(first.receipt.blockNum, second.receipt.blockNum);
  assert.equal(second.events.length, 1);
});

test("time moves on with blocks, and as far as a test wants", () => {
  const before = valueOf(network.as(alice).clock({}));
  network.travel(3600);
  assert.equal(valueOf(network.as(alice).clock({})) - before, 3_601_000_000n);
});

test("queries answer from the newest block: typed ones, HTTP, GraphQL", async () => {
  assert.deepEqual(await network.ask().largest({ least: 1 }), {
    ok: true,
    value: [{ owner: alice, sum: 3 }],
  });
  valueOf(network.as(bob).add({ number: 7, note: "y" }));
  assert.equal(valueOf(await network.ask().largest({ least: 1 })).length, 2);
  const refused = await network.ask().largest({ least: 0 });
  assert.deepEqual(refused, {
    ok: false,
    error: { status: 422, code: "least-zero", message: "there is no end to those" },
  });
  const hello = await network.http("/hello");
  assert.deepEqual([hello.status, hello.json()], [200, "hello everybody"]);
  assert.equal((await network.http("/nothing")).status, 404);
  const rows = await network.graphql("{ sums { edges { node { owner sum } } } }");
  assert.match(JSON.stringify(rows), /"owner":"bob","sum":7/);
  assert.equal((await network.graphql("{ nothing }")).ok, false);
});

test("queries are asked in nobody's name, or in that of somebody who is signed in", async () => {
  valueOf(network.as(alice).add({ number: 0, note: "mine" }));
  const notes = [network.ask(alice), network.ask(sample, alice), network.ask(bob), network.ask()];
  assert.deepEqual(await Promise.all(notes.map(async (ask) => valueOf(await ask.ownNote({})))), [
    "mine",
    "mine",
    "y",
    undefined,
  ]);
  assert.equal((await network.http("/hello", { as: alice })).json(), "hello alice");
});

test("other apps run beside it, and are called with their own types", () => {
  const tokenId = valueOf(network.as(alice, tokens).create({ precision: 0, maxIssued: 9n }));
  assert.equal(tokenId, 1);
  assert.equal(
    codeOf(network.as(bob, tokens).mint({ tokenId, amount: 1n, memo: "" })),
    "not-the-issuer",
  );
});

test("a name that is taken is refused, and so is an app that is none", async () => {
  assert.throws(() => network.account("alice"), /account-exists/);
  await assert.rejects(testNetwork({ app: join(app, "nowhere"), service: sample }), /no folder/);
});
