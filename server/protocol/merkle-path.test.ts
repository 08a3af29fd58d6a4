import assert from "node:assert/strict";
import { test } from "node:test";

import { bytesOfTrustedHex, toHex } from "./hashes.ts";
import { merklePath, rootOfPath } from "./merkle-path.ts";
import { growMerkle, emptyMerkle, merkleLeaf, merkleRoot, type MerkleNode } from "./merkle.ts";

function itemsOf(count: number): readonly Uint8Array[] {
  return Array.from({ length: count }, (_, at) => Uint8Array.of(at & 0xff, at >> 8));
}

function rootHex(root: Uint8Array | undefined): string | undefined {
  return root === undefined ? undefined : toHex(root);
}

test("in trees of every small size, each leaf's path leads to the root, and no other place does", () => {
  for (let count = 1; count <= 33; count++) {
    const items = itemsOf(count);
    const leaves = items.map(merkleLeaf);
    const root = merkleRoot(items);
    for (const [index, leaf] of leaves.entries()) {
      const path = merklePath(leaves, index);
      assert.equal(rootHex(rootOfPath(leaf, { index, count }, path)), root);
      for (let other = 0; other < count; other++) {
        if (other === index) continue;
        assert.notEqual(rootHex(rootOfPath(leaf, { index: other, count }, path)), root);
      }
    }
  }
});

test("a path of more or fewer hashes, and a place that is none, lead nowhere", () => {
  const leaves = itemsOf(11).map(merkleLeaf);
  const [leaf = new Uint8Array()] = leaves;
  const path = merklePath(leaves, 0);
  assert.equal(rootOfPath(leaf, { index: 0, count: 11 }, path.slice(0, -1)), undefined);
  assert.equal(rootOfPath(leaf, { index: 0, count: 11 }, [...path, leaf]), undefined);
  for (const index of [-1, 11, 12, 0.5, Number.NaN]) {
    assert.equal(rootOfPath(leaf, { index, count: 11 }, path), undefined, String(index));
  }
  assert.equal(rootOfPath(leaf, { index: 0, count: 0 }, []), undefined);
  assert.deepEqual(rootOfPath(leaf, { index: 0, count: 1 }, []), leaf);
});

test("a path in the largest tree has 32 hashes, and its arithmetic does not overflow", () => {
  const count = 0xffff_ffff;
  const hash = merkleLeaf(Uint8Array.of(1));
  const path = Array.from({ length: 32 }, () => hash);
  assert.notEqual(rootOfPath(hash, { index: 0, count }, path), undefined);
  assert.notEqual(rootOfPath(hash, { index: 0x8000_0001, count }, path), undefined);
  assert.equal(rootOfPath(hash, { index: 0x8000_0001, count }, path.slice(1)), undefined);
});

test("an accumulator tells every full subtree that an item completes", () => {
  const nodes: MerkleNode[] = [];
  let tree = emptyMerkle;
  const items = itemsOf(8);
  for (const item of items) {
    const grown = growMerkle(tree, item);
    nodes.push(...grown.nodes);
    tree = grown.tree;
  }
  assert.deepEqual(
    nodes.map(({ height, index }) => [height, index]),
    [
      [0, 0],
      [0, 1],
      [1, 0],
      [0, 2],
      [0, 3],
      [1, 1],
      [2, 0],
      [0, 4],
      [0, 5],
      [1, 2],
      [0, 6],
      [0, 7],
      [1, 3],
      [2, 1],
      [3, 0],
    ],
  );
  for (const { height, index, hash } of nodes) {
    const covered = items.slice(index * 2 ** height, (index + 1) * 2 ** height);
    assert.deepEqual(hash, bytesOfTrustedHex(merkleRoot(covered)));
  }
});
