import assert from "node:assert/strict";
import { test } from "node:test";

import { openChain, type Chain } from "@kith/chain/chain";
import { BrokenInvariant } from "@kith/chain/errors";
import type { StateStore } from "@kith/chain/ports";
import { sealBlock } from "@kith/protocol/blocks";
import { sha256Hex } from "@kith/protocol/hashes";
import { blockNumOf } from "@kith/protocol/ids";
import { expirationSecondsMax } from "@kith/protocol/limits";
import { accountNameConstant } from "@kith/protocol/names";
import { nextBelow, seedRandom } from "@kith/protocol/random";
import type { Action } from "@kith/protocol/transaction";
import { packSigned, type PreparedTransaction } from "@kith/protocol/transactions";
import { inProcessMachine } from "@kith/sandbox/in-process-machine";
import { openMachine } from "@kith/sandbox/machine";
import { accountsInterface } from "@kith/sdk/system/accounts";
import { producersInterface } from "@kith/sdk/system/producers";
import { buildTransaction, packAction, publicKeyOf, signTransaction } from "@kith/sdk/transaction";
import { memoryState } from "@kith/store/memory-state";

import {
  consensusOf,
  keyOf,
  owner,
  ownerKey,
  prepared,
  startSeconds,
  systemModules,
  TestNetwork,
} from "./network.ts";
import { notes, notesPeer } from "./notes.ts";

const services = [notes.module, notesPeer.module];

function withNotes(state?: StateStore): TestNetwork {
  return new TestNetwork({ services, ...(state === undefined ? {} : { state }) });
}

function add(number: number, text: string): Action {
  return packAction(owner, notes, "add", { number, topic: "t", text });
}

function codes(receipts: readonly { readonly failure?: { readonly code: string } }[]): unknown {
  return receipts.map((receipt) => receipt.failure?.code ?? "done");
}

test("a transaction is executed once, however often blocks carry it", () => {
  const network = withNotes();
  const transaction = network.transaction([add(1, "one")], ownerKey);
  assert.deepEqual(codes(network.block([transaction, transaction]).receipts), ["done"]);
  const before = network.chain.receipt(transaction.id);
  assert.equal(before?.blockNum, 2);
  assert.deepEqual(network.block([transaction]).receipts, []);
  assert.deepEqual(network.chain.receipt(transaction.id), before);
  assert.equal(admission(network.chain, transaction), "already-executed");
});

test("a transaction that failed in a service is executed too: its result does not change any more", () => {
  const network = withNotes();
  const remove = packAction(owner, notes, "remove", { number: 1 });
  const failing = network.transaction([remove], ownerKey);
  assert.deepEqual(codes(network.block([failing]).receipts), ["note-unknown"]);
  network.run([add(1, "one")]);
  assert.deepEqual(network.block([failing]).receipts, []);
  assert.equal(network.chain.receipt(failing.id)?.failure?.code, "note-unknown");
});

test("proofs are not part of the id: a copy with a bad proof does not use it up", () => {
  const network = withNotes();
  const transaction = network.transaction([add(1, "one")], ownerKey);
  const spoilt = prepared(
    packSigned({ ...transaction.signed, proofs: [new Uint8Array(64).fill(1)] }),
  );
  assert.equal(spoilt.id, transaction.id);
  assert.deepEqual(codes(network.block([spoilt]).receipts), ["proof-invalid"]);
  assert.equal(network.chain.receipt(transaction.id), undefined);
  assert.deepEqual(codes(network.block([transaction]).receipts), ["done"]);
});

test("what is no transaction changes nothing and has no receipt", () => {
  const network = withNotes();
  const before = network.chain.applied();
  assert.ok(before);
  const junk = [new Uint8Array(), Uint8Array.of(1, 2, 3), new Uint8Array(300).fill(255)];
  const { header } = sealed(network, []);
  const block = sealBlock(header, junk);
  const result = network.apply(block);
  assert.deepEqual(result.receipts, []);
  assert.equal(result.applied.num, before.num + 1);
});

test("a transaction is valid from its signing to its expiration, by block time", () => {
  const network = withNotes();
  const expiring = network.transaction([add(1, "one")], ownerKey, network.time + 1);
  const late = network.transaction([add(2, "two")], ownerKey, network.time);
  const far = network.transaction([add(3, "x")], ownerKey, network.time + expirationSecondsMax + 2);
  const { receipts } = network.block([expiring, late, far]);
  assert.deepEqual(codes(receipts), ["done", "expired", "expiration-too-far"]);
  assert.equal(admission(network.chain, late), "expired");
  network.block([]);
  assert.equal(admission(network.chain, far, network.time), undefined);
});

test("an idle network's admission goes by the clock that it is given", () => {
  const network = withNotes();
  const week = 8 * 24 * 60 * 60;
  const transaction = network.transaction([add(1, "one")], ownerKey, network.time + week);
  assert.equal(admission(network.chain, transaction), "expiration-too-far");
  assert.equal(admission(network.chain, transaction, network.time + week - 60), undefined);
});

test("a recent reference is good for 127 blocks, the long-lived one goes on", () => {
  const network = withNotes();
  const applied = network.chain.applied();
  assert.ok(applied);
  const recent = (text: string): PreparedTransaction =>
    prepared(
      signTransaction(
        buildTransaction({
          actions: [add(1, text)],
          expiration: network.time + 3600,
          refBlockIndex: applied.num & 127,
          keys: [publicKeyOf(ownerKey)],
        }),
        applied.id,
        ownerKey,
      ).bytes,
    );
  const first = recent("in time");
  const second = recent("too late");
  const longLived = network.transaction([add(2, "later")], ownerKey, network.time + 3600);
  while ((network.chain.applied()?.num ?? 0) < applied.num + 126) network.block([]);
  assert.deepEqual(codes(network.block([first]).receipts), ["done"]);
  assert.deepEqual(codes(network.block([second, longLived]).receipts), [
    "reference-block-unknown",
    "done",
  ]);
});

test("milestones follow genesis as the long-lived reference, and both stay good", () => {
  const network = withNotes();
  const sinceGenesis = network.transaction([add(1, "early")], ownerKey, network.time + 5000);
  assert.equal(network.chain.taposReference()?.refBlockId, network.genesis.id);
  while ((network.chain.applied()?.num ?? 0) < 4096) network.block([]);
  const milestone = network.chain.applied();
  assert.deepEqual(network.chain.taposReference(), {
    refBlockIndex: 129,
    refBlockId: milestone?.id,
  });
  const sinceMilestone = network.transaction([add(2, "late")], ownerKey);
  assert.deepEqual(codes(network.block([sinceGenesis, sinceMilestone]).receipts), ["done", "done"]);
});

test("a reference to a block that is not there is refused", () => {
  const network = withNotes();
  const refBlockId = network.genesis.id;
  const draft = {
    actions: [add(1, "x")],
    expiration: network.time + 60,
    keys: [publicKeyOf(ownerKey)],
  };
  const transaction = prepared(
    signTransaction(buildTransaction({ ...draft, refBlockIndex: 99 }), refBlockId, ownerKey).bytes,
  );
  assert.equal(admission(network.chain, transaction), "reference-block-unknown");
  assert.deepEqual(codes(network.block([transaction]).receipts), ["reference-block-unknown"]);
});

test("another network's chain id signs nothing here", () => {
  const network = withNotes();
  const other = new TestNetwork({ openRegistration: false });
  const foreign = other.transaction([add(1, "x")], ownerKey);
  assert.deepEqual(codes(network.block([foreign]).receipts), ["proof-invalid"]);
});

test("a block with another state root than one's own stops the node and names both", () => {
  const network = withNotes();
  network.block([]);
  const { header } = sealed(network, []);
  const wrong = sealBlock({ ...header, stateRoot: sha256Hex(Uint8Array.of(1)) }, []);
  assert.throws(
    () => network.apply(wrong),
    (error) =>
      error instanceof BrokenInvariant &&
      error.message.includes("after block 2") &&
      error.message.includes(header.stateRoot) &&
      error.message.includes(sha256Hex(Uint8Array.of(1))),
  );
  assert.equal(network.chain.applied()?.num, 2);
});

test("blocks are executed in order and only on top of each other", () => {
  const network = withNotes();
  const { header } = sealed(network, []);
  const skipping = sealBlock({ ...header, blockNum: blockNumOf(5) }, []);
  assert.throws(() => network.apply(skipping), BrokenInvariant);
  const stranger = sealBlock({ ...header, time: header.time + 1 }, []);
  network.apply(stranger);
  assert.throws(() => network.apply(sealBlock(header, [])), BrokenInvariant);
});

test("a node without the installed code stops and says which", () => {
  const state = memoryState();
  withNotes(state);
  const chain = openChain({ state, machine: openMachine(inProcessMachine(systemModules)) });
  const network = withNotes();
  const { header } = sealed(network, []);
  const transaction = network.transaction([add(1, "x")], ownerKey);
  assert.throws(
    () => chain.applyBlock(sealBlock(header, [transaction.bytes]), [transaction], [true]),
    (error) =>
      error instanceof BrokenInvariant && /cannot run the code .* notes/.test(error.message),
  );
});

test("a machine that gave out is no outcome of a transaction: the node stops", () => {
  const network = withNotes();
  const { header } = sealed(network, []);
  const transaction = network.transaction([packAction(owner, notes, "giveOut", {})], ownerKey);
  assert.throws(
    () => network.chain.applyBlock(sealBlock(header, [transaction.bytes]), [transaction], [true]),
    (error) => error instanceof BrokenInvariant && /the runtime gave out/.test(error.message),
  );
});

test("the same blocks give the same roots, and a chain that is opened again goes on", () => {
  const state = memoryState();
  const one = withNotes(state);
  const two = withNotes();
  const seed = 30;
  const random = seedRandom(seed);
  let reopened = one.chain;
  for (let round = 0; round < 60; round++) {
    const actions = Array.from({ length: nextBelow(random, 4) }, () => {
      const number = nextBelow(random, 20);
      if (nextBelow(random, 3) === 0) return packAction(owner, notes, "remove", { number });
      return packAction(owner, notes, "add", { number, topic: `t${number % 3}`, text: `${round}` });
    });
    const transactions = actions.map((action) => two.transaction([action], ownerKey));
    const { header } = sealed(two, transactions);
    const block = sealBlock(
      header,
      transactions.map((transaction) => transaction.bytes),
    );
    two.time++;
    const verdicts = transactions.map(() => true);
    const mine = two.chain.applyBlock(block, transactions, verdicts);
    if (nextBelow(random, 5) === 0) {
      reopened = openChain({
        state,
        machine: openMachine(inProcessMachine([...systemModules, ...services])),
      });
    }
    const theirs = reopened.applyBlock(block, transactions, verdicts);
    assert.deepEqual(theirs.applied, mine.applied, `round ${round} of seed ${seed}`);
    assert.deepEqual(theirs.receipts, mine.receipts);
  }
});

test("a store that fails in the middle of a block leaves the chain where it was", () => {
  const state = memoryState();
  let failing = false;
  const flaky: StateStore = new Proxy(state, {
    get(target, name): unknown {
      const value: unknown = Reflect.get(target, name);
      if (name === "putReceipt" && failing) {
        return () => {
          throw new Error("disk full");
        };
      }
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
  const network = withNotes(flaky);
  const truth = withNotes();
  failing = true;
  const transaction = truth.transaction([add(1, "one")], ownerKey);
  assert.throws(() => network.block([transaction]), /disk full/);
  failing = false;
  network.time--;
  assert.deepEqual(network.block([transaction]).applied, truth.block([transaction]).applied);
});

test("a change of producers is wanted until a block carries it, and then in force", () => {
  const network = new TestNetwork();
  assert.equal(network.chain.wantedConsensus(), undefined);
  const second = accountNameConstant("second");
  const consensus = consensusOf(owner, second);
  const set = packAction(owner, producersInterface, "setConsensus", { consensus });
  assert.equal(network.run([set]).failure?.code, "account-unknown");
  network.run([create(second, publicKeyOf(keyOf(2)))]);
  assert.deepEqual(network.run([set]).failure, undefined);
  assert.deepEqual(network.chain.wantedConsensus(), consensus);
  const { newConsensus, applied } = network.block([], consensus);
  assert.deepEqual(newConsensus, consensus);
  assert.equal(network.chain.wantedConsensus(), undefined);
  assert.deepEqual(network.chain.consensus(), consensus);
  assert.deepEqual(network.chain.consensusPoint()?.joint.next, consensus);
  network.block([]);
  const point = { joint: { current: consensus }, since: 0, epoch: applied.num };
  assert.deepEqual(network.chain.consensusPoint(), point);
});

test("a snapshot carries everything that the next blocks need", () => {
  const network = withNotes();
  const executed = network.transaction([add(1, "one"), add(2, "two")], ownerKey);
  network.block([executed]);
  for (let i = 0; i < 130; i++) network.run([add(i, `note ${i}`)]);
  const snapshot = network.chain.exportSnapshot();
  assert.ok(snapshot);
  const follower = fresh();
  const installed = follower.installSnapshot(snapshot.applied, snapshot.chunks);
  assert.deepEqual(installed.ok && installed.value, network.chain.applied());
  assert.deepEqual(follower.consensusPoint(), network.chain.consensusPoint());
  assert.equal(admission(follower, executed), "already-executed");
  const byTopic = packAction(owner, notes, "ofTopic", { topic: "t" });
  const next = network.transaction([byTopic], ownerKey);
  const { header } = sealed(network, [next]);
  const block = sealBlock(header, [next.bytes]);
  const expected = network.chain.applyBlock(block, [next], [true]);
  assert.deepEqual(follower.applyBlock(block, [next], [true]).receipts, expected.receipts);
  assert.deepEqual(follower.applied(), network.chain.applied());
});

test("a snapshot with one changed byte is refused and changes nothing", () => {
  const network = withNotes();
  network.run([add(1, "one")]);
  const snapshot = network.chain.exportSnapshot();
  assert.ok(snapshot);
  const follower = withNotes();
  const before = follower.chain.applied();
  const [chunk] = snapshot.chunks;
  assert.ok(chunk);
  for (let at = 0; at < chunk.length; at += 97) {
    const forged = chunk.slice();
    forged[at] = (forged[at] ?? 0) ^ 1;
    const result = follower.chain.installSnapshot(snapshot.applied, [forged]);
    assert.equal(result.ok, false, `byte ${at}`);
    assert.deepEqual(follower.chain.applied(), before);
  }
  assert.equal(follower.run([add(2, "still works")]).failure, undefined);
  const twice = follower.chain.installSnapshot(snapshot.applied, [chunk, chunk]);
  const fault = { code: "chunk-not-next" };
  assert.deepEqual(!twice.ok && twice.error, { code: "snapshot-chunk-wrong", chunk: 1, fault });
  const none = follower.chain.installSnapshot(snapshot.applied, []);
  assert.deepEqual(!none.ok && none.error, { code: "snapshot-ends-early", chunks: 0 });
});

test("ids of transactions that expired long ago are forgotten", () => {
  const network = withNotes();
  network.run([add(1, "one")]);
  const rows = () =>
    network.state.rangeRows({
      service: accountNameConstant("x-chain"),
      space: 32,
      reverse: false,
      limit: 100,
    }).length;
  assert.ok(rows() > 0);
  network.time += 2 * 60 * 60;
  for (let i = 0; i < 16; i++) network.block([]);
  assert.equal(rows(), 0);
});

function fresh(): Chain {
  return openChain({
    state: memoryState(),
    machine: openMachine(inProcessMachine([...systemModules, ...services])),
  });
}

function admission(
  chain: Chain,
  transaction: PreparedTransaction,
  seconds = 0,
): string | undefined {
  const result = chain.checkAdmission(transaction, Math.max(seconds, startSeconds) * 1_000_000);
  return result.ok ? undefined : result.error.code;
}

/** The header that the network's next block would have. */
function sealed(network: TestNetwork, transactions: readonly PreparedTransaction[]) {
  const applied = network.chain.applied();
  assert.ok(applied);
  const draft = network.draft(applied);
  return sealBlock(
    draft,
    transactions.map((transaction) => transaction.bytes),
  );
}

function create(name: typeof owner, key: Uint8Array): Action {
  return packAction(owner, accountsInterface, "create", { name, key });
}
