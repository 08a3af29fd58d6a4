import assert from "node:assert/strict";
import { test } from "node:test";

import { compareBytes, latin1Of, sha256, toHex } from "@kith/protocol/hashes";
import { nextBelow, seedRandom, type RandomState } from "@kith/protocol/random";
import { verifyStateRange, type StateRange } from "@kith/protocol/state-range";

import { SortedTree } from "./sorted-tree.ts";
import { StateTree } from "./state-tree.ts";
import { treePath } from "./tree-path.ts";

type Leaf = { readonly addressHash: Uint8Array; readonly rowHash: Uint8Array };

/** Addresses that share long beginnings, so that some nodes are deep. */
function randomLeaves(random: RandomState, count: number): readonly Leaf[] {
  const leaves = Array.from({ length: count }, (_, at) => {
    const addressHash = sha256(Uint8Array.of(at & 0xff, at >> 8, nextBelow(random, 256)));
    if (nextBelow(random, 3) === 0)
      addressHash.set(new Uint8Array(nextBelow(random, 30)).fill(0xab));
    return { addressHash, rowHash: sha256(Uint8Array.of(nextBelow(random, 256))) };
  });
  const sorted = leaves.toSorted((a, b) => compareBytes(a.addressHash, b.addressHash));
  return sorted.filter(
    ({ addressHash }, at) =>
      compareBytes(addressHash, sorted[at - 1]?.addressHash ?? new Uint8Array()) !== 0,
  );
}

function packed(leaves: readonly Leaf[]): Uint8Array {
  const bytes = new Uint8Array(64 * leaves.length);
  for (const [at, { addressHash, rowHash }] of leaves.entries()) {
    bytes.set(addressHash, 64 * at);
    bytes.set(rowHash, 64 * at + 32);
  }
  return bytes;
}

function storedTree(leaves: readonly Leaf[]) {
  const nodes = new Map<string, string>();
  const tree = new StateTree({
    getTreeNode: () => undefined,
    putTreeNode: (path, node) => void nodes.set(latin1Of(path), toHex(node)),
    removeTreeNode: () => assert.fail("nothing is removed"),
  });
  return { nodes, root: tree.update(leaves) };
}

/** Cuts in front of some of the leaves. */
function cut(random: RandomState, leaves: readonly Leaf[], every: number) {
  const tree = new SortedTree();
  const starts: number[] = [];
  for (const [at, leaf] of leaves.entries()) {
    const isBound = at > 0 && nextBelow(random, every) === 0;
    if (isBound) starts.push(at);
    tree.add(packed([leaf]), isBound);
  }
  const root = tree.end();
  const edges = [0, ...starts];
  const ranges = edges.map((first, at) => {
    const end = edges[at + 1] ?? leaves.length;
    const from = at === 0 ? new Uint8Array(32) : leaves[first]?.addressHash;
    const to = leaves[end]?.addressHash;
    assert.ok(from !== undefined);
    const range: StateRange = to === undefined ? { from } : { from, to };
    return { range, leaves: leaves.slice(first, end), proof: tree.proofOf(range) };
  });
  return { root, ranges };
}

for (const [seed, count] of [0, 1, 2, 3, 20, 300, 700].entries()) {
  test(`rows in order give the tree that the same rows give in any order, and every part is proved (${count} rows)`, () => {
    const random = seedRandom(seed);
    const leaves = randomLeaves(random, count);
    const stored = storedTree(leaves);
    const { root, ranges } = cut(random, leaves, 1 + nextBelow(random, 40));
    assert.equal(toHex(root), toHex(stored.root));
    const nodes = new Map<string, string>();
    for (const { range, leaves: rows, proof } of ranges) {
      const proved = { range, proof, leaves: { count: rows.length, bytes: packed(rows) } };
      const result = verifyStateRange(root, proved, (depth, { bytes, at }, node) => {
        nodes.set(latin1Of(treePath(bytes.subarray(at), depth)), toHex(node));
      });
      assert.deepEqual(result, { ok: true, value: undefined });
    }
    assert.deepEqual(nodes, stored.nodes);
  });
}

test("rows that do not ascend are a fault of the program", () => {
  const leaves = packed(randomLeaves(seedRandom(1), 3));
  const tree = new SortedTree();
  tree.add(leaves.subarray(64, 128), false);
  assert.throws(() => tree.add(leaves.subarray(0, 64), false), RangeError);
  assert.throws(() => tree.add(leaves.subarray(64, 128), false), RangeError);
});
