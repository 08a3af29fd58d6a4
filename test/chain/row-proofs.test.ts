import assert from "node:assert/strict";
import { test } from "node:test";

import { treeHistoryBlocksMax } from "@kith/chain/limits";
import { rowAddressOf } from "@kith/chain/row-address";
import { bytesOfTrustedHex } from "@kith/protocol/hashes";
import { blockNumOf } from "@kith/protocol/ids";
import { nextBelow, seedRandom } from "@kith/protocol/random";
import { addressHash, verifyRowProof, type RowAddress } from "@kith/protocol/row-proof";
import { packAction } from "@kith/sdk/transaction";

import { owner, TestNetwork } from "./network.ts";
import { notes, notesPeer } from "./notes.ts";

const { definition } = notes.module;

function withNotes(): TestNetwork {
  return new TestNetwork({ services: [notes.module, notesPeer.module] });
}

function addressOf(number: number): RowAddress {
  const found = rowAddressOf(definition, "notes", { owner, number });
  assert.ok(found.ok);
  return found.value.address;
}

function write(network: TestNetwork, number: number, text: string): number {
  network.run([packAction(owner, notes, "add", { number, topic: "t", text })]);
  return network.chain.applied()?.num ?? 0;
}

/** The height of the proof, when it holds for the row as it is now. */
function provedHeight(network: TestNetwork, number: number, wanted: number): number {
  const address = addressOf(number);
  const proved = network.chain.proveRow(address, (num) => num === wanted);
  assert.ok(proved !== undefined);
  const { row, proof, at } = proved;
  assert.deepEqual(row, network.state.getRow(address));
  const root = bytesOfTrustedHex(at.stateRoot);
  assert.equal(verifyRowProof(root, addressHash(address), proof, row), true);
  assert.equal(network.state.appliedAt(at.num)?.stateRoot, at.stateRoot);
  return at.num;
}

test("a row is proved at the newest wanted height at which it was as it is now", () => {
  const network = withNotes();
  const first = write(network, 1, "one");
  const second = write(network, 2, "two");
  const third = write(network, 3, "three");
  assert.equal(provedHeight(network, 1, first), first);
  assert.equal(provedHeight(network, 1, second), second);
  assert.equal(provedHeight(network, 2, second), second);
  assert.equal(provedHeight(network, 3, third), third);
  // Not there yet at that height, so it is proved where it is.
  assert.equal(provedHeight(network, 3, second), third);
  assert.equal(provedHeight(network, 2, first), third);
  // It is absent at every height.
  assert.equal(provedHeight(network, 9, first), first);
  assert.equal(provedHeight(network, 9, second), second);
});

test("a row that was removed is proved absent only where it is", () => {
  const network = withNotes();
  const there = write(network, 1, "one");
  network.run([packAction(owner, notes, "remove", { number: 1 })]);
  const gone = network.chain.applied()?.num ?? 0;
  const later = write(network, 2, "two");
  assert.equal(provedHeight(network, 1, there), later);
  assert.equal(provedHeight(network, 1, gone), gone);
});

test("heights further back than the history of the tree are not proved at", () => {
  const network = withNotes();
  const early = write(network, 1, "one");
  for (let block = 0; block < treeHistoryBlocksMax; block++) network.block([]);
  assert.equal(provedHeight(network, 1, early), early);
  network.block([]);
  assert.equal(provedHeight(network, 1, early), early + treeHistoryBlocksMax + 1);
});

const seed = Number(process.env["KITH_TEST_SEED"] ?? Date.now() % 1_000_000);

test(`random rows are proved at random heights (seed ${seed})`, () => {
  const random = seedRandom(seed);
  const network = withNotes();
  for (let block = 0; block < 40; block++) {
    const actions = Array.from({ length: 1 + nextBelow(random, 3) }, () => {
      const number = nextBelow(random, 12);
      return packAction(owner, notes, "add", {
        number,
        topic: "t",
        text: `${nextBelow(random, 3)}`,
      });
    });
    network.run(actions);
    const applied = network.chain.applied()?.num ?? 0;
    const wanted = Math.max(1, applied - nextBelow(random, 12));
    const height = provedHeight(network, nextBelow(random, 14), wanted);
    assert.ok(height === wanted || height === applied);
  }
});

test("a key is read as the table declares it, and what is none says where", () => {
  const address = addressOf(7);
  assert.equal(address.service, "notes");
  assert.equal(address.space, 0);
  assert.equal(address.key.length, 12);
  const errorOf = (table: string, key: unknown): unknown => {
    const found = rowAddressOf(definition, table, key);
    return found.ok ? "ok" : found.error;
  };
  assert.deepEqual(errorOf("nothing", {}), { code: "table-unknown", table: "nothing" });
  assert.deepEqual(errorOf("__proto__", {}), { code: "table-unknown", table: "__proto__" });
  const malformed = (key: unknown): unknown => {
    const error = errorOf("notes", key);
    return typeof error === "object" && error !== null && "code" in error && "path" in error
      ? [error.code, error.path]
      : error;
  };
  assert.deepEqual(malformed({ owner }), ["key-malformed", "$"]);
  assert.deepEqual(malformed({ owner, number: "x" }), ["key-malformed", "$.number"]);
  assert.deepEqual(malformed({ owner: "No Name", number: 1 }), ["key-malformed", "$.owner"]);
  assert.deepEqual(malformed({ owner, number: 2 ** 32 }), ["key-malformed", "$.number"]);
  assert.deepEqual(malformed({ owner, number: 1, topic: "t" }), ["key-malformed", "$"]);
  for (const key of [null, undefined, 7, [], "alice"]) {
    assert.deepEqual(malformed(key), ["key-malformed", "$"]);
  }
  assert.deepEqual(errorOf("blobs", { key: "00".repeat(600) }), {
    code: "key-malformed",
    path: "$",
    expected: "at most 1024 bytes",
  });
  const blob = rowAddressOf(definition, "blobs", { key: "00ff" });
  assert.ok(blob.ok);
  assert.deepEqual(blob.value.address.key, Uint8Array.of(0, 0xff, 0xff, 0, 0));
});

test("a row reads as JSON by its type", () => {
  const network = withNotes();
  write(network, 1, "one");
  const found = rowAddressOf(definition, "notes", { owner, number: 1 });
  assert.ok(found.ok);
  const row = network.state.getRow(found.value.address);
  assert.ok(row !== undefined);
  assert.deepEqual(found.value.jsonOf(row), { owner: "owner", number: 1, topic: "t", text: "one" });
  assert.equal(found.value.jsonOf(Uint8Array.of(1)), undefined);
});

test("a height that is not applied is not proved at", () => {
  const network = withNotes();
  const proved = network.chain.proveRow(addressOf(1), (num) => num === blockNumOf(99));
  assert.equal(proved?.at.num, 1);
});
