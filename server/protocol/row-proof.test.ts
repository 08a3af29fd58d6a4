import assert from "node:assert/strict";
import { test } from "node:test";

import { bytesOfTrustedHex, sha256, toHex } from "./hashes.ts";
import { encodeKey } from "./key.ts";
import { accountNameConstant } from "./names.ts";
import { addressHash, provedRowHash, rowProofCodec, verifyRowProof } from "./row-proof.ts";
import {
  emptyNode,
  hashNode,
  nibbleAt,
  stateTreeNodeBytesMax,
  withPlaces,
} from "./state-tree-node.ts";

const address = {
  service: accountNameConstant("tokens"),
  space: 16,
  key: encodeKey([{ kind: "account", value: accountNameConstant("alice") }]),
};
const row = Uint8Array.of(2, 0, 1, 2);

test("an address is hashed with the lengths that keep its parts apart", () => {
  assert.equal(
    toHex(addressHash(address)),
    "57fffb5e79fdc920e44730566f72d14d0e7c3c41d0cc0c75054445766a769425",
  );
  const others = [
    { ...address, service: accountNameConstant("token") },
    { ...address, space: 17 },
    { ...address, key: address.key.slice(1) },
  ];
  for (const other of others) assert.notDeepEqual(addressHash(other), addressHash(address));
});

const hash = addressHash(address);
const leaf = { kind: "leaf", addressHash: hash, rowHash: sha256(row) } as const;
const node = withPlaces(emptyNode, [{ place: nibbleAt(hash, 0), child: leaf }]);
const root = hashNode(node);

test("a tree of one row proves the row, and that there is nothing elsewhere", () => {
  assert.equal(verifyRowProof(root, hash, [node], row), true);
  assert.equal(verifyRowProof(root, hash, [node], undefined), false);
  assert.equal(verifyRowProof(root, hash, [node], Uint8Array.of(1)), false);
  const elsewhere = addressHash({ ...address, space: 32 });
  assert.equal(verifyRowProof(root, elsewhere, [node], undefined), true);
  assert.equal(verifyRowProof(root, elsewhere, [node], row), false);
  assert.equal(provedRowHash(root, elsewhere, [node]), "absent");
});

test("a proof with too few or too many nodes, of another root, or of no nodes, proves nothing", () => {
  for (const proof of [[], [node, node], [emptyNode], [new Uint8Array()]]) {
    assert.equal(verifyRowProof(root, hash, proof, row), false);
    assert.equal(verifyRowProof(root, hash, proof, undefined), false);
    assert.equal(provedRowHash(root, hash, proof), undefined);
  }
  assert.equal(verifyRowProof(bytesOfTrustedHex("00".repeat(32)), hash, [node], row), false);
});

test("every flipped bit of a node makes the proof wrong", () => {
  for (let at = 0; at < node.length * 8; at++) {
    const changed = node.slice();
    changed[at >> 3] = (changed[at >> 3] ?? 0) ^ (1 << (at & 7));
    assert.equal(verifyRowProof(root, hash, [changed], row), false);
    assert.equal(verifyRowProof(root, hash, [changed], undefined), false);
  }
});

test("proofs beyond the limits are not unpacked", () => {
  const fits = [new Uint8Array(stateTreeNodeBytesMax)];
  assert.ok(rowProofCodec.unpack(rowProofCodec.pack(fits)).ok);
  for (const tooLarge of [
    [new Uint8Array(stateTreeNodeBytesMax + 1)],
    Array.from({ length: 65 }, () => node),
  ]) {
    const unpacked = rowProofCodec.unpack(rowProofCodec.pack(tooLarge));
    assert.equal(unpacked.ok ? "" : unpacked.error.code, "fracpack-too-long");
  }
});
