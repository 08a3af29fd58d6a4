import assert from "node:assert/strict";
import { test } from "node:test";

import type { Consensus, JointConsensus } from "./block.ts";
import {
  consensusCodec,
  consensusStateOf,
  decodeBlock,
  headerCodec,
  jointConsensusCodec,
  sealBlock,
  type HeaderDraft,
} from "./blocks.ts";
import { ed25519PublicKey } from "./ed25519.ts";
import { sha256, toHex, zeroChecksum } from "./hashes.ts";
import { blockIdOf, blockNumOf, nodeIdOf, termOf } from "./ids.ts";
import { blockBytesMax, blockTransactionsMax, producersMax } from "./limits.ts";
import { merkleRoot } from "./merkle.ts";
import { accountNameConstant } from "./names.ts";

const producer = accountNameConstant("prod");
const node = nodeIdOf(toHex(ed25519PublicKey(new Uint8Array(32).fill(3))));
const cft: Consensus = { algorithm: "cft", producers: [{ account: producer, node }] };
const draft: HeaderDraft = {
  previous: blockIdOf(zeroChecksum),
  blockNum: blockNumOf(0x01020304),
  time: 1_763_725_000_000_000,
  producer,
  term: termOf(7),
  commitNum: blockNumOf(5),
  consensusState: consensusStateOf({ current: cft }),
  executedNum: blockNumOf(4),
  stateRoot: zeroChecksum,
  eventRoot: zeroChecksum,
};
const transactions = [Uint8Array.of(1, 2, 3), Uint8Array.of(4)];

test("a block comes back as it was sealed", () => {
  for (const header of [draft, { ...draft, newConsensus: cft }]) {
    const block = sealBlock(header, transactions);
    assert.deepEqual(decodeBlock(block.bytes), { ok: true, value: block });
  }
});

test("a block's id is the hash of its header with its number in front", () => {
  const block = sealBlock(draft, transactions);
  const hash = toHex(sha256(headerCodec.pack(block.header)));
  assert.equal(block.id, `01020304${hash.slice(8)}`);
});

test("the header binds the transactions and their order", () => {
  const block = sealBlock(draft, transactions);
  assert.equal(block.header.trxMerkleRoot, merkleRoot(transactions));
  assert.notEqual(sealBlock(draft, transactions.toReversed()).id, block.id);
  const changed = Uint8Array.from(block.bytes);
  changed[changed.length - 1] = 9;
  assert.deepEqual(decodeBlock(changed), {
    ok: false,
    error: { code: "block-merkle-root-wrong", id: block.id },
  });
});

test("damaged bytes are malformed", () => {
  const { bytes } = sealBlock(draft, transactions);
  for (const damaged of [new Uint8Array(0), bytes.subarray(1), bytes.subarray(0, -1)]) {
    const block = decodeBlock(damaged);
    assert.ok(!block.ok && block.error.code === "block-malformed");
  }
});

test("blocks of too many bytes or transactions are neither made nor read", () => {
  const large = new Uint8Array(blockBytesMax / 4);
  assert.throws(() => sealBlock(draft, [large, large, large, large]), RangeError);
  assert.deepEqual(decodeBlock(new Uint8Array(blockBytesMax + 1)), {
    ok: false,
    error: {
      code: "block-too-large",
      sizeBytes: blockBytesMax + 1,
      sizeBytesMax: blockBytesMax,
    },
  });
  const many = Array.from({ length: blockTransactionsMax + 1 }, () => Uint8Array.of(1));
  assert.throws(() => sealBlock(draft, many), RangeError);
  assert.ok(decodeBlock(sealBlock(draft, many.slice(1)).bytes).ok);
});

test("consensus packs with psibase's alternatives and the node's key as SPKI", () => {
  const packed = consensusCodec.pack(cft);
  assert.equal(packed[0], 0);
  assert.equal(consensusCodec.pack({ ...cft, algorithm: "bft" })[0], 1);
  assert.ok(toHex(packed).includes(`302a300506032b6570032100${node}`));
  const joint: JointConsensus = { current: cft, next: { ...cft, algorithm: "bft" } };
  assert.deepEqual(jointConsensusCodec.unpack(jointConsensusCodec.pack(joint)), {
    ok: true,
    value: joint,
  });
});

test("a producer's key has to be one that can sign", () => {
  const weak = nodeIdOf("00".repeat(32));
  const packed = consensusCodec.pack({
    algorithm: "cft",
    producers: [{ account: producer, node: weak }],
  });
  assert.equal(consensusCodec.validate(packed)?.code, "fracpack-value-not-allowed");
});

test("more producers than the limit are refused", () => {
  assert.equal(consensusCodec.validate(packedProducers(producersMax)), undefined);
  assert.equal(
    consensusCodec.validate(packedProducers(producersMax + 1))?.code,
    "fracpack-too-long",
  );
});

function packedProducers(count: number): Uint8Array {
  const producers = Array.from({ length: count }, () => ({ account: producer, node }));
  return consensusCodec.pack({ algorithm: "cft", producers });
}
