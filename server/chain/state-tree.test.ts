import assert from "node:assert/strict";
import { test } from "node:test";

import { sha256, toHex } from "@kith/protocol/hashes";
import { nextBelow, nextFloat, seedRandom } from "@kith/protocol/random";
import { verifyRowProof } from "@kith/protocol/row-proof";
import { memoryState } from "@kith/store/memory-state";

import { StateTree, type RowChange } from "./state-tree.ts";

function freshTree(): StateTree {
  const state = memoryState();
  state.begin();
  return new StateTree(state);
}

/** Addresses that share long prefixes, so that branches grow deep and collapse again. */
function addressOf(number: number): Uint8Array {
  const hash = sha256(Uint8Array.of(number & 0xff, number >> 8));
  if (number % 3 === 0) hash.set([0xab, 0xcd, 0xef, number & 0x0f]);
  return hash;
}

function rowOf(at: number): Uint8Array {
  return Uint8Array.of(at & 0xff, at >> 8);
}

function rebuilt(rows: ReadonlyMap<number, Uint8Array>): string {
  const changes = [...rows].map(([number, rowHash]) => ({
    addressHash: addressOf(number),
    rowHash,
  }));
  return toHex(freshTree().update(changes));
}

for (const seed of [1, 2, 3]) {
  test(`the same rows give the same root, whatever happened before (seed ${seed})`, () =>
    rewrite(seed));
}

function rewrite(seed: number): void {
  const random = seedRandom(seed);
  const tree = freshTree();
  const rows = new Map<number, Uint8Array>();
  for (let round = 0; round < 120; round++) {
    const touched = new Map<number, RowChange>();
    const count = nextBelow(random, 20);
    const removing = nextFloat(random);
    for (let i = 0; i < count; i++) {
      const number = nextBelow(random, 300);
      const addressHash = addressOf(number);
      if (nextFloat(random) < removing) {
        rows.delete(number);
        touched.set(number, { addressHash });
      } else {
        const rowHash = sha256(Uint8Array.of(nextBelow(random, 256)));
        rows.set(number, rowHash);
        touched.set(number, { addressHash, rowHash });
      }
    }
    const root = toHex(tree.update([...touched.values()]));
    assert.equal(root, rebuilt(rows), `round ${round} of seed ${seed}`);
  }
  const all = [...rows.keys()].map((number) => ({ addressHash: addressOf(number) }));
  assert.equal(toHex(tree.update(all)), toHex(freshTree().root()), `emptied, seed ${seed}`);
}

test("a tree that is read back from the store goes on where it was", () => {
  const state = memoryState();
  state.begin();
  const first = new StateTree(state);
  const changes = Array.from({ length: 200 }, (_, at) => ({
    addressHash: addressOf(at),
    rowHash: sha256(Uint8Array.of(at)),
  }));
  first.update(changes.slice(0, 100));
  const second = new StateTree(state);
  assert.equal(toHex(second.update(changes.slice(100))), toHex(freshTree().update(changes)));
});

test("every row can be proved, every absence too, and nothing else", () => {
  const tree = freshTree();
  const changes = Array.from({ length: 300 }, (_, at) => ({
    addressHash: addressOf(at),
    rowHash: sha256(rowOf(at)),
  }));
  const root = tree.update(changes);
  for (let at = 0; at < 300; at++) {
    const proof = tree.nodesTowards(addressOf(at));
    assert.equal(verifyRowProof(root, addressOf(at), proof, rowOf(at)), true);
    assert.equal(verifyRowProof(root, addressOf(at), proof, rowOf(at + 1)), false);
    assert.equal(verifyRowProof(root, addressOf(at), proof, undefined), false);
  }
  for (let at = 300; at < 600; at++) {
    const proof = tree.nodesTowards(addressOf(at));
    assert.equal(verifyRowProof(root, addressOf(at), proof, undefined), true);
    assert.equal(verifyRowProof(root, addressOf(at), proof, rowOf(at)), false);
  }
});

test("a proof that was changed in any byte proves nothing", () => {
  const tree = freshTree();
  const address = addressOf(1);
  const row = Uint8Array.of(1);
  const changes = Array.from({ length: 40 }, (_, at) => ({
    addressHash: addressOf(at),
    rowHash: sha256(Uint8Array.of(at)),
  }));
  const root = tree.update(changes);
  const proof = tree.nodesTowards(address);
  for (const [place, node] of proof.entries()) {
    for (let at = 0; at < node.length; at++) {
      const forged = node.slice();
      forged[at] = (forged[at] ?? 0) ^ 1;
      const changed = proof.with(place, forged);
      assert.equal(verifyRowProof(root, address, changed, row), false);
      assert.equal(verifyRowProof(root, address, changed, undefined), false);
    }
  }
  assert.equal(verifyRowProof(root, address, proof.slice(0, -1), row), false);
  assert.equal(verifyRowProof(root, address, [], row), false);
});
