import assert from "node:assert/strict";
import { test } from "node:test";

import { blockIdOfHeader, headerCodec } from "@kith/protocol/blocks";
import {
  emptyEventTree,
  eventRecordCodec,
  eventRootOf,
  growEventTree,
} from "@kith/protocol/event-tree";
import { sha256, toHex, zeroChecksum } from "@kith/protocol/hashes";
import { blockIdOf, blockNumOf, checksumOf, termOf, transactionIdOf } from "@kith/protocol/ids";
import { encodeKey } from "@kith/protocol/key";
import { accountNameConstant, methodNameConstant } from "@kith/protocol/names";
import { eventProofJson, rowProofJson } from "@kith/protocol/proof-json";
import { addressHash } from "@kith/protocol/row-proof";
import { emptyNode, hashNode, nibbleAt, withPlaces } from "@kith/protocol/state-tree-node";

import { merkleEvent } from "./event.ts";
import { headerOfAnswer, verifyEvent, verifyRow } from "./proof.ts";
import { table } from "./table.ts";
import { account, str, u64 } from "./types.ts";

const service = accountNameConstant("tokens");
const alice = accountNameConstant("alice");
const bob = accountNameConstant("bob");
const balances = table("balances", { owner: account, amount: u64 }, { key: ["owner"] });
const credited = merkleEvent("credited", { owner: account, memo: str });

const row = { owner: alice, amount: 7n };
const packedRow = balances.row.pack(row);
const key = encodeKey([{ kind: "account", value: alice }]);
const hash = addressHash({ service, space: 32, key });
const leaf = { kind: "leaf", addressHash: hash, rowHash: sha256(packedRow) } as const;
const node = withPlaces(emptyNode, [{ place: nibbleAt(hash, 0), child: leaf }]);
const stateRoot = checksumOf(toHex(hashNode(node)));
const proof = rowProofJson([node]);
const question = { service, table: balances, tableNumber: 2, key: { owner: alice } };

function resultOf(verified: { readonly ok: boolean }): unknown {
  if ("value" in verified && verified.ok) return verified.value;
  return "error" in verified ? verified.error : undefined;
}

test("a row is verified by its service, table and key", () => {
  const answer = { row: toHex(packedRow).toUpperCase(), proof };
  assert.deepEqual(verifyRow(question, answer, stateRoot), { ok: true, value: row });
  const notProved = { code: "not-proved" };
  assert.deepEqual(resultOf(verifyRow(question, answer, zeroChecksum)), notProved);
  assert.deepEqual(
    resultOf(verifyRow({ ...question, tableNumber: 1 }, answer, stateRoot)),
    notProved,
  );
  assert.deepEqual(
    resultOf(verifyRow({ ...question, key: { owner: bob } }, answer, stateRoot)),
    notProved,
  );
  const other = toHex(balances.row.pack({ owner: alice, amount: 8n }));
  assert.deepEqual(resultOf(verifyRow(question, { ...answer, row: other }, stateRoot)), notProved);
  assert.deepEqual(resultOf(verifyRow(question, { ...answer, row: null }, stateRoot)), notProved);
});

test("that there is no row is verified, too", () => {
  const asked = { ...question, key: { owner: bob } };
  assert.deepEqual(verifyRow(asked, { row: null, proof }, stateRoot), {
    ok: true,
    value: undefined,
  });
});

function malformed(part: string): unknown {
  return { code: "answer-malformed", part };
}

test("an answer that is none says which part", () => {
  for (const answer of [undefined, null, 7, "x", {}, { row: 7, proof }, { row: "0", proof }]) {
    assert.deepEqual(resultOf(verifyRow(question, answer, stateRoot)), malformed("row"));
  }
  for (const wrong of [undefined, null, "x", ["x"], [7], Array.from({ length: 65 }, () => "00")]) {
    assert.deepEqual(
      resultOf(verifyRow(question, { row: null, proof: wrong }, stateRoot)),
      malformed("proof"),
    );
    assert.deepEqual(
      resultOf(
        verifyEvent({ service, event: credited, transactionId }, { proof: wrong }, stateRoot),
      ),
      malformed("proof"),
    );
  }
  assert.deepEqual(resultOf(headerOfAnswer({ header: null })), { code: "header-missing" });
  for (const header of [undefined, 7, {}, { bytes: "00" }, { bytes: "x" }]) {
    assert.deepEqual(resultOf(headerOfAnswer({ header })), malformed("header"));
  }
});

test("a header's id comes from its bytes, whatever the answer says", () => {
  const header = {
    previous: blockIdOf("00".repeat(32)),
    blockNum: blockNumOf(7),
    time: 1,
    producer: alice,
    term: termOf(1),
    commitNum: blockNumOf(6),
    consensusState: zeroChecksum,
    trxMerkleRoot: zeroChecksum,
    executedNum: blockNumOf(6),
    stateRoot,
    eventRoot: zeroChecksum,
  };
  const bytes = toHex(headerCodec.pack(header));
  const given = headerOfAnswer({ header: { id: "ff".repeat(32), num: 1, bytes } });
  assert.deepEqual(given, { ok: true, value: { id: blockIdOfHeader(header), header } });
});

const transactionId = transactionIdOf("ab".repeat(32));

function eventAnswer(rawData: Uint8Array, name = "credited") {
  const type = methodNameConstant(name);
  const record = eventRecordCodec.pack({ id: 1, service, type, rawData, transactionId });
  const blockNum = blockNumOf(5);
  const root = eventRootOf(growEventTree(emptyEventTree, blockNum, [record]).tree);
  const place = { index: 0, events: 1, path: [], blockIndex: 0, blocks: 1, blocksPath: [] };
  return { root, answer: { proof: eventProofJson({ record, blockNum, ...place }) } };
}

test("an event is verified by its service, name and transaction", () => {
  const value = { owner: alice, memo: "thanks" };
  const { root, answer } = eventAnswer(credited.type.pack(value));
  const asked = { service, event: credited, transactionId };
  assert.deepEqual(verifyEvent(asked, answer, root), {
    ok: true,
    value: { value, id: 1, blockNum: 5 },
  });
  assert.deepEqual(resultOf(verifyEvent(asked, answer, stateRoot)), { code: "not-proved" });
  const others = [
    { ...asked, service: alice },
    { ...asked, transactionId: transactionIdOf("00".repeat(32)) },
    { ...asked, event: merkleEvent("debited", { owner: account, memo: str }) },
  ];
  for (const other of others) {
    assert.deepEqual(resultOf(verifyEvent(other, answer, root)), { code: "other-event" });
  }
  const wrong = eventAnswer(Uint8Array.of(1));
  assert.deepEqual(resultOf(verifyEvent(asked, wrong.answer, wrong.root)), {
    code: "data-malformed",
  });
});
