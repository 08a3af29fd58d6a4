import assert from "node:assert/strict";
import { test } from "node:test";

import { eventProofCodec, verifyEventProof, type EventProof } from "./event-proof.ts";
import {
  blockEventsCodec,
  emptyEventTree,
  eventRecordCodec,
  eventRootOf,
  eventTreeCodec,
  growEventTree,
  type EventRecord,
} from "./event-tree.ts";
import { toHex, zeroChecksum } from "./hashes.ts";
import { blockNumOf, transactionIdOf, type Checksum } from "./ids.ts";
import { eventRecordBytesMax } from "./limits.ts";
import { merklePath, merklePathHashesMax } from "./merkle-path.ts";
import { merkleLeaf, merkleRoot } from "./merkle.ts";
import { accountNameConstant, methodNameConstant } from "./names.ts";
import { nextBelow, seedRandom } from "./random.ts";
import { compileSchema } from "./schema.ts";

function recordOf(id: number): EventRecord {
  return {
    id,
    service: accountNameConstant("tokens"),
    type: methodNameConstant("credited"),
    rawData: Uint8Array.of(id & 0xff, 1, 2),
    transactionId: transactionIdOf(id.toString(16).padStart(64, "0")),
  };
}

type Network = {
  readonly root: Checksum;
  readonly proofs: readonly EventProof[];
};

/** Blocks 10, 20, 30 ... with so many events each, and the proof of every event against the last root. */
function networkOf(eventCounts: readonly number[]): Network {
  let tree = emptyEventTree;
  let id = 0;
  const ofBlocks = eventCounts.map((count, at) => {
    const blockNum = blockNumOf(10 * (at + 1));
    const records = Array.from({ length: count }, () => eventRecordCodec.pack(recordOf(++id)));
    tree = growEventTree(tree, blockNum, records).tree;
    return { blockNum, records };
  });
  const blockLeaves = ofBlocks.map(({ blockNum, records }) =>
    merkleLeaf(
      blockEventsCodec.pack({ blockNum, events: records.length, root: merkleRoot(records) }),
    ),
  );
  const proofs = ofBlocks.flatMap(({ blockNum, records }, blockIndex) =>
    records.map((record, index) => ({
      record,
      index,
      events: records.length,
      path: merklePath(records.map(merkleLeaf), index),
      blockNum,
      blockIndex,
      blocks: eventCounts.length,
      blocksPath: merklePath(blockLeaves, blockIndex),
    })),
  );
  return { root: eventRootOf(tree), proofs };
}

test("the event root of fixed events is a fixed one", () => {
  assert.equal(eventRootOf(emptyEventTree), zeroChecksum);
  const one = networkOf([1]);
  const many = networkOf([1, 2, 3, 1, 5]);
  assert.equal(toHex(one.proofs[0]?.record ?? new Uint8Array()), vectors.record);
  assert.equal(one.root, vectors.oneBlock);
  assert.equal(many.root, vectors.fiveBlocks);
});

test("every event of every block is proved, and the proof tells what happened", () => {
  for (const counts of [[1], [2], [1, 1], [3, 1, 4], [1, 5, 9, 2, 6, 5, 3], [17, 1]]) {
    const { root, proofs } = networkOf(counts);
    for (const [at, proof] of proofs.entries()) {
      const proved = verifyEventProof(root, proof);
      assert.deepEqual(proved, {
        ok: true,
        value: { ...recordOf(at + 1), blockNum: proof.blockNum },
      });
    }
  }
});

test("a proof is packed and read as JSON without a change", () => {
  const { root, proofs } = networkOf([3, 1, 4]);
  const schema = compileSchema({ EventProof: eventProofCodec.schema });
  assert.ok(schema.ok);
  for (const proof of proofs) {
    const json = schema.value.unpackJson("EventProof", eventProofCodec.pack(proof));
    assert.ok(json.ok);
    const text = JSON.stringify(json.value);
    const packed = schema.value.packJson("EventProof", JSON.parse(text));
    assert.ok(packed.ok);
    const unpacked = eventProofCodec.unpack(packed.value);
    assert.ok(unpacked.ok);
    assert.ok(verifyEventProof(root, unpacked.value).ok);
  }
});

test("a flipped bit anywhere in a packed proof makes it unreadable or wrong", () => {
  const { root, proofs } = networkOf([3, 1, 4, 2]);
  for (const proof of proofs) {
    const packed = eventProofCodec.pack(proof);
    for (let at = 0; at < packed.length; at++) {
      for (let bit = 0; bit < 8; bit++) {
        const changed = packed.slice();
        changed[at] = (changed[at] ?? 0) ^ (1 << bit);
        const unpacked = eventProofCodec.unpack(changed);
        const verified = unpacked.ok && verifyEventProof(root, unpacked.value).ok;
        assert.equal(verified, false, `byte ${at}, bit ${bit}`);
      }
    }
    for (let size = 0; size < packed.length; size++) {
      assert.equal(eventProofCodec.unpack(packed.subarray(0, size)).ok, false);
    }
  }
});

test("no other place, block, count or root can be claimed for an event", () => {
  const { root, proofs } = networkOf([3, 1, 4, 2, 1]);
  const older = networkOf([3, 1, 4, 2]);
  const fails = (proof: EventProof, against = root): string => {
    const verified = verifyEventProof(against, proof);
    assert.equal(verified.ok, false);
    return verified.ok ? "" : verified.error.code;
  };
  for (const proof of proofs) {
    for (let number = 0; number < 8; number++) {
      if (number !== proof.index) fails({ ...proof, index: number });
      if (number !== proof.events) fails({ ...proof, events: number });
      if (number !== proof.blockIndex) fails({ ...proof, blockIndex: number });
      if (number !== proof.blocks) fails({ ...proof, blocks: number });
    }
    assert.equal(
      fails({ ...proof, blockNum: blockNumOf(proof.blockNum + 1) }),
      "event-root-differs",
    );
    assert.equal(fails(proof, older.root), "event-root-differs");
    assert.equal(fails(proof, zeroChecksum), "event-root-differs");
    assert.equal(
      fails({ ...proof, path: [...proof.path, new Uint8Array(32)] }),
      "event-path-malformed",
    );
    assert.equal(
      fails({ ...proof, blocksPath: proof.blocksPath.slice(1) }),
      "event-path-malformed",
    );
  }
});

test("what is proved has to be an event record", () => {
  const record = Uint8Array.of(1, 2, 3);
  const blockNum = blockNumOf(1);
  const { tree } = growEventTree(emptyEventTree, blockNum, [record]);
  const place = { index: 0, events: 1, path: [], blockIndex: 0, blocks: 1, blocksPath: [] };
  assert.deepEqual(verifyEventProof(eventRootOf(tree), { record, blockNum, ...place }), {
    ok: false,
    error: { code: "event-record-malformed" },
  });
});

test("a block cannot pass for an event, nor a subtree for a block", () => {
  const { root, proofs } = networkOf([2, 2]);
  const [proof] = proofs;
  assert.ok(proof !== undefined);
  const blockItem = blockEventsCodec.pack({
    blockNum: proof.blockNum,
    events: 2,
    root: merkleRoot(proofs.slice(0, 2).map(({ record }) => record)),
  });
  const { blocksPath } = proof;
  const forged = { ...proof, record: blockItem, index: 0, events: 2, path: blocksPath };
  assert.equal(verifyEventProof(root, { ...forged, blocks: 1, blocksPath: [] }).ok, false);
});

test("proofs beyond the limits are not unpacked", () => {
  const { proofs } = networkOf([1]);
  const [proof] = proofs;
  assert.ok(proof !== undefined);
  const hashes = Array.from({ length: merklePathHashesMax + 1 }, () => new Uint8Array(32));
  for (const tooLarge of [
    { ...proof, record: new Uint8Array(eventRecordBytesMax + 1) },
    { ...proof, path: hashes },
    { ...proof, blocksPath: hashes },
  ]) {
    const unpacked = eventProofCodec.unpack(eventProofCodec.pack(tooLarge));
    assert.equal(unpacked.ok ? "" : unpacked.error.code, "fracpack-too-long");
  }
});

test("an event tree grows from its packed form as from itself", () => {
  const random = seedRandom(3);
  let [kept, packed] = [emptyEventTree, eventTreeCodec.pack(emptyEventTree)];
  for (let num = 1; num <= 200; num++) {
    const records = Array.from({ length: 1 + nextBelow(random, 4) }, () =>
      Uint8Array.of(nextBelow(random, 256)),
    );
    kept = growEventTree(kept, blockNumOf(num), records).tree;
    const before = eventTreeCodec.unpack(packed);
    assert.ok(before.ok);
    const { tree } = growEventTree(before.value, blockNumOf(num), records);
    assert.equal(eventRootOf(tree), eventRootOf(kept));
    assert.equal(tree.events, kept.events);
    packed = eventTreeCodec.pack(tree);
  }
  assert.ok(packed.length < 1024);
});

/** Computed by another program (hashlib and struct of Python, trees split as RFC 6962 does). */
const vectors = {
  record:
    "3c00010000000000000000342d8afa07a40d7ac6165b8000000024000000000000000000000000000000000000000000000000000000000000000000000103000000010102",
  oneBlock: "b1a25447c12a47af4d04327c8b49ed710db103882b2a9548fd085e4d1458a1a7",
  fiveBlocks: "798459043fa3d5cfaea41b09a0e661325f9ede68781a982e91e91f20226644da",
};
