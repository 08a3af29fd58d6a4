import assert from "node:assert/strict";
import { test } from "node:test";

import { eventProofCodec, verifyEventProof, type EventProof } from "@kith/protocol/event-proof";
import {
  blockEventsCodec,
  emptyEventTree,
  eventRecordCodec,
  eventRootOf,
  growEventTree,
} from "@kith/protocol/event-tree";
import { sha256 } from "@kith/protocol/hashes";
import { blockNumOf, transactionIdOf, type Checksum } from "@kith/protocol/ids";
import { merkleLeaf, merkleRoot } from "@kith/protocol/merkle";
import { merklePath } from "@kith/protocol/merkle-path";
import { accountNameConstant, methodNameConstant } from "@kith/protocol/names";
import {
  eventProofJson,
  parseEventProof,
  parseRowProof,
  rowProofJson,
} from "@kith/protocol/proof-json";
import { provedRowHash, rowProofCodec } from "@kith/protocol/row-proof";
import { emptyNode, hashNode, nibbleAt, withPlaces } from "@kith/protocol/state-tree-node";
import * as fc from "fast-check";

import { mutated } from "./mutation.ts";
import { check, seed } from "./seed.ts";

type Case = { readonly root: Checksum; readonly proof: EventProof };

const service = accountNameConstant("tokens");
const type = methodNameConstant("moved");

/** Any event of blocks with so many events each, against the root after the last of them. */
const eventCase: fc.Arbitrary<Case> = fc
  .tuple(fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 1, maxLength: 9 }), fc.nat())
  .map(([counts, choice]) => {
    let tree = emptyEventTree;
    let id = 0;
    const blocks = counts.map((count, at) => {
      const records = Array.from({ length: count }, () => {
        const rawData = Uint8Array.of(++id);
        const transactionId = transactionIdOf(id.toString(16).padStart(64, "0"));
        return eventRecordCodec.pack({ id, service, type, rawData, transactionId });
      });
      const blockNum = blockNumOf(at + 1);
      tree = growEventTree(tree, blockNum, records).tree;
      return { blockNum, records };
    });
    const items = blocks.map(({ blockNum, records }) =>
      blockEventsCodec.pack({ blockNum, events: records.length, root: merkleRoot(records) }),
    );
    const blockIndex = choice % blocks.length;
    const { blockNum, records } = blocks[blockIndex] ?? { blockNum: blockNumOf(1), records: [] };
    const index = choice % records.length;
    const proof = {
      record: records[index] ?? new Uint8Array(),
      index,
      events: records.length,
      path: merklePath(records.map(merkleLeaf), index),
      blockNum,
      blockIndex,
      blocks: blocks.length,
      blocksPath: merklePath(items.map(merkleLeaf), blockIndex),
    };
    return { root: eventRootOf(tree), proof };
  });

test(`every event of random blocks is proved, packed and as JSON (seed ${seed})`, () => {
  check(300, eventCase, ({ root, proof }) => {
    assert.ok(verifyEventProof(root, proof).ok);
    assert.deepEqual(eventProofCodec.unpack(eventProofCodec.pack(proof)), {
      ok: true,
      value: proof,
    });
    const json: unknown = JSON.parse(JSON.stringify(eventProofJson(proof)));
    assert.deepEqual(parseEventProof(json), { ok: true, value: proof });
  });
});

test(`a changed proof of an event proves nothing, unless it says the same (seed ${seed})`, () => {
  const changed = eventCase.chain((good) =>
    fc.tuple(fc.constant(good), mutated(fc.constant(eventProofCodec.pack(good.proof)))),
  );
  check(5_000, changed, ([{ root, proof }, packed]) => {
    const other = eventProofCodec.unpack(packed);
    if (other.ok && verifyEventProof(root, other.value).ok) assert.deepEqual(other.value, proof);
  });
});

/** A row under one node or two, and where it is. */
const rowCase = fc.uint8Array({ minLength: 1, maxLength: 20 }).map((row) => {
  const [address, rowHash] = [sha256(row), sha256(sha256(row))];
  const leaf = { kind: "leaf", addressHash: address, rowHash } as const;
  const below = withPlaces(emptyNode, [{ place: nibbleAt(address, 1), child: leaf }]);
  const branch = { kind: "branch", hash: hashNode(below) } as const;
  const top = withPlaces(emptyNode, [{ place: nibbleAt(address, 0), child: branch }]);
  return { root: hashNode(top), address, rowHash, proof: [top, below] };
});

test(`a changed proof of a row proves nothing, unless it says the same (seed ${seed})`, () => {
  const changed = rowCase.chain((good) =>
    fc.tuple(fc.constant(good), mutated(fc.constant(rowProofCodec.pack(good.proof)))),
  );
  check(5_000, changed, ([{ root, address, rowHash, proof }, packed]) => {
    assert.deepEqual(provedRowHash(root, address, proof), rowHash);
    const other = rowProofCodec.unpack(packed);
    const proved = other.ok ? provedRowHash(root, address, other.value) : undefined;
    if (other.ok && proved !== undefined) assert.deepEqual(other.value, proof);
  });
});

test(`arbitrary JSON never makes a parser of proofs throw (seed ${seed})`, () => {
  check(2_000, fc.jsonValue(), (json) => {
    parseEventProof(json);
    parseRowProof(json);
  });
  check(500, rowCase, ({ proof }) => {
    assert.deepEqual(parseRowProof(rowProofJson(proof)), { ok: true, value: proof });
  });
});
