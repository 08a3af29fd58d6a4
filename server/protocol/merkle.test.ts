import assert from "node:assert/strict";
import { test } from "node:test";

import { str } from "./fracpack.ts";
import { concatBytes, sha256, toHex, zeroChecksum } from "./hashes.ts";
import { accumulatedRoot, emptyMerkle, merkleLeaf, merkleRoot, pushMerkle } from "./merkle.ts";

test("no items have a root of zeros", () => {
  assert.equal(merkleRoot([]), zeroChecksum);
  assert.equal(accumulatedRoot(emptyMerkle), zeroChecksum);
});

test("psibase's first two lines of Humpty Dumpty give psibase's roots", () => {
  const lines = ["Humpty Dumpty sat on a wall", "Humpty Dumpty had a great fall"].map((line) =>
    str.pack(line),
  );
  assert.equal(
    merkleRoot(lines.slice(0, 1)),
    "7dc04c8ce45a4ccb47e8c27b6a2670d6d20afe0d76df7619a5f1bcf111caac30",
  );
  assert.equal(
    merkleRoot(lines),
    "49c42986a440d7aaff541c12b4efdda90c1d2c22fd69caff665d56b59c781408",
  );
});

test("an item without a sibling moves up unchanged", () => {
  const [a, b, c] = [Uint8Array.of(1), Uint8Array.of(2), Uint8Array.of(3)];
  const pair = sha256(concatBytes(Uint8Array.of(1), merkleLeaf(a), merkleLeaf(b)));
  const root = sha256(concatBytes(Uint8Array.of(1), pair, merkleLeaf(c)));
  assert.equal(merkleRoot([a, b, c]), toHex(root));
});

test("pushing item by item gives the root of the whole list", () => {
  let tree = emptyMerkle;
  const items: Uint8Array[] = [];
  for (let i = 0; i < 40; i++) {
    const item = Uint8Array.of(i, i >> 1);
    items.push(item);
    tree = pushMerkle(tree, item);
    assert.equal(accumulatedRoot(tree), merkleRoot(items));
    assert.equal(tree.leaves, i + 1);
  }
});

test("a branch cannot pass for a leaf", () => {
  const items = [Uint8Array.of(1), Uint8Array.of(2)];
  const forged = concatBytes(...items.map(merkleLeaf));
  assert.notEqual(merkleRoot(items), merkleRoot([forged]));
});
