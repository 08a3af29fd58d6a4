import assert from "node:assert/strict";
import { test } from "node:test";

import type { EventProof } from "./event-proof.ts";
import { emptyEventTree, eventRecordCodec, eventRootOf, growEventTree } from "./event-tree.ts";
import { sha256, toHex, zeroChecksum } from "./hashes.ts";
import { blockNumOf, checksumOf, transactionIdOf } from "./ids.ts";
import { encodeKey } from "./key.ts";
import { followGenesis, followHeader, type ProvedHeader } from "./light-client.ts";
import { provedEvent, provedRow } from "./light-proof.ts";
import { accountNameConstant, methodNameConstant } from "./names.ts";
import { addressHash } from "./row-proof.ts";
import { emptyNode, hashNode, nibbleAt, withPlaces } from "./state-tree-node.ts";
import { TestChain, testConsensus, testProducer } from "./test-chain.ts";

const alice = encodeKey([{ kind: "account", value: accountNameConstant("alice") }]);
const address = { service: accountNameConstant("tokens"), space: 16, key: alice };
const row = Uint8Array.of(2, 0, 1, 2);
const hash = addressHash(address);
const leaf = { kind: "leaf", addressHash: hash, rowHash: sha256(row) } as const;
const node = withPlaces(emptyNode, [{ place: nibbleAt(hash, 0), child: leaf }]);

const record = eventRecordCodec.pack({
  id: 1,
  service: accountNameConstant("tokens"),
  type: methodNameConstant("credited"),
  rawData: Uint8Array.of(1, 2),
  transactionId: transactionIdOf("11".repeat(32)),
});
const blockNum = blockNumOf(2);
const eventProof: EventProof = {
  record,
  index: 0,
  events: 1,
  path: [],
  blockNum,
  blockIndex: 0,
  blocks: 1,
  blocksPath: [],
};

/** Blocks 2 and 3 as a light client knows them; only the second one's roots cover row and event. */
function provedHeaders(): readonly [ProvedHeader, ProvedHeader] {
  const producer = testProducer(0);
  const chain = new TestChain(testConsensus("cft", [producer]));
  chain.append({ stateRoot: zeroChecksum, eventRoot: zeroChecksum });
  const stateRoot = checksumOf(toHex(hashNode(node)));
  const { tree } = growEventTree(emptyEventTree, blockNum, [record]);
  chain.append({ stateRoot, eventRoot: eventRootOf(tree) });
  const genesis = followGenesis(chain.id, chain.header(1));
  assert.ok(genesis.ok);
  const [before, after] = [2, 3].map((num) => {
    const certificate = chain.certificate({ num, voters: [producer] });
    const followed = followHeader(genesis.value.checkpoint, {
      header: chain.header(num),
      certificate,
    });
    assert.ok(followed.ok);
    return followed.value.proved;
  });
  assert.ok(before !== undefined && after !== undefined);
  return [before, after];
}

test("a proved header proves its rows, and that there are no others", () => {
  const [before, after] = provedHeaders();
  const there = provedRow(after, address, { row, proof: [node] });
  assert.deepEqual(there, { ok: true, value: row });
  const elsewhere = { ...address, space: 32 };
  const absent = provedRow(after, elsewhere, { row: undefined, proof: [node] });
  assert.deepEqual(absent, { ok: true, value: undefined });
  const refused = [
    provedRow(before, address, { row, proof: [node] }),
    provedRow(after, address, { row: undefined, proof: [node] }),
    provedRow(after, address, { row: Uint8Array.of(1), proof: [node] }),
    provedRow(after, address, { row, proof: [] }),
    provedRow(after, elsewhere, { row, proof: [node] }),
    provedRow(after, { ...address, key: alice.subarray(1) }, { row, proof: [node] }),
  ];
  for (const each of refused) {
    assert.deepEqual(each, { ok: false, error: { code: "row-not-proved" } });
  }
});

test("a proved header proves the events before it", () => {
  const [before, after] = provedHeaders();
  const event = provedEvent(after, eventProof);
  assert.ok(event.ok);
  assert.equal(event.value.blockNum, 2);
  assert.equal(event.value.service, "tokens");
  assert.ok(!provedEvent(before, eventProof).ok);
  assert.ok(!provedEvent(after, { ...eventProof, blockNum: blockNumOf(3) }).ok);
  assert.ok(!provedEvent(after, { ...eventProof, events: 2 }).ok);
});
