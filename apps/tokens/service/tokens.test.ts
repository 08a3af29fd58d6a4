import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";

import { codeOf, testNetwork, valueOf } from "@kith/testing";

import { transferred } from "./events.ts";
import { balanceFlags, tokens } from "./index.ts";

/** What an author writes: the app on a real chain, in the sandbox (`kith test`). The cases are in `test/chain`. */

const network = await testNetwork({ app: join(import.meta.dirname, ".."), service: tokens });
const alice = network.account("alice");
const bob = network.account("bob");
const tokenId = valueOf(network.as(alice).create({ precision: 2, maxIssued: 10_000n }));
valueOf(network.as(alice).mint({ tokenId, amount: 1_000n, memo: "" }));

test("what is credited waits until the other side takes it", async () => {
  valueOf(network.as(alice).credit({ tokenId, debitor: bob, amount: 300n, memo: "for bread" }));
  assert.equal(valueOf(await network.ask().balance({ tokenId, account: alice })), 700n);
  assert.equal(valueOf(await network.ask().balance({ tokenId, account: bob })), 0n);
  valueOf(network.as(bob).debit({ tokenId, creditor: alice, amount: 300n, memo: "" }));
  assert.equal(valueOf(await network.ask().balance({ tokenId, account: bob })), 300n);
  assert.deepEqual(network.events(transferred), [
    { tokenId, from: alice, to: bob, amount: 300n, memo: "" },
  ]);
});

test("nobody takes what was not credited, and a failure leaves nothing behind", async () => {
  const debit = { tokenId, creditor: alice, amount: 1n, memo: "" };
  assert.equal(codeOf(network.as(bob).debit(debit)), "shared-balance-empty");
  const over = { tokenId, debitor: bob, amount: 701n, memo: "" };
  assert.equal(codeOf(network.as(alice).credit(over)), "balance-insufficient");
  assert.equal(valueOf(await network.ask().balance({ tokenId, account: alice })), 700n);
});

test("who wants it gets tokens at once, and the network's answers show it", async () => {
  valueOf(network.as(bob).setAccountFlag({ flag: balanceFlags.autoDebit, enabled: true }));
  valueOf(network.as(alice).credit({ tokenId, debitor: bob, amount: 100n, memo: "" }));
  const holders = await network.http(`/tokens/${tokenId}/holders?limit=1`);
  assert.match(holders.text(), /"account":"alice","tokenId":1,"amount":"600"/);
  const unknown = await network.ask().token({ tokenId: 9 });
  assert.equal(codeOf(unknown), "token-unknown");
});
