import assert from "node:assert/strict";
import { test } from "node:test";

import { decodeBlock, sealBlock } from "@kith/protocol/blocks";
import { verifyEd25519 } from "@kith/protocol/ed25519";
import { zeroChecksum } from "@kith/protocol/hashes";
import { httpReplyCodec, httpRequestCodec } from "@kith/protocol/http-message";
import {
  blockIdOf,
  blockNumOf,
  nodeIdOf,
  parseBlockId,
  termOf,
  transactionIdOf,
} from "@kith/protocol/ids";
import { decodePem, parsePrivateKey, parsePublicKey } from "@kith/protocol/keys";
import {
  accountNameConstant,
  methodNameConstant,
  parseAccountName,
  parseMethodName,
} from "@kith/protocol/names";
import { decodeNodeMessage, encodeNodeMessage } from "@kith/protocol/node-messages";
import { verifyP256 } from "@kith/protocol/p256";
import { receiptCodec } from "@kith/protocol/receipt";
import { unpackText } from "@kith/protocol/texts";
import { packSigned, prepareTransaction, transactionCodec } from "@kith/protocol/transactions";
import * as fc from "fast-check";

import { mutated } from "./mutation.ts";
import { check, seed } from "./seed.ts";

/** Records as they are written in programs. */
function recordOf<T>(model: { [K in keyof T]: fc.Arbitrary<T[K]> }): fc.Arbitrary<T> {
  return fc.record<T>(model, { noNullPrototype: true });
}

const bytes = fc.uint8Array({ maxLength: 40 });
const account = fc.constantFrom("a", "alice", "b-2", "zzzzzzzzzz").map(accountNameConstant);
const method = fc.constantFrom("foo", "transfer", "natasharomanoff").map(methodNameConstant);
const checksum = fc
  .uint8Array({ minLength: 32, maxLength: 32 })
  .map((data) => Buffer.from(data).toString("hex"));
const u32 = fc.nat(0xffff_ffff);
const num = u32.map(blockNumOf);
const term = u32.map(termOf);

const transaction = recordOf({
  tapos: recordOf({ expiration: u32, flags: fc.nat(0xffff), refBlockIndex: fc.nat(255) }),
  actions: fc.array(recordOf({ sender: account, service: account, method, rawData: bytes }), {
    maxLength: 3,
  }),
  claims: fc.array(recordOf({ service: account, rawData: bytes }), { maxLength: 2 }),
});
const signed = fc
  .tuple(transaction, fc.array(bytes, { maxLength: 2 }))
  .map(([value, proofs]) => packSigned({ transaction: transactionCodec.pack(value), proofs }));
const block = recordOf({
  previous: checksum.map(blockIdOf),
  blockNum: num,
  time: fc.maxSafeNat(),
  producer: account,
  term,
  commitNum: num,
  transactions: fc.array(signed, { maxLength: 3 }),
}).map(({ transactions, ...header }) =>
  sealBlock(
    {
      ...header,
      consensusState: zeroChecksum,
      executedNum: header.commitNum,
      stateRoot: zeroChecksum,
      eventRoot: zeroChecksum,
    },
    transactions,
  ),
);
const message = fc.oneof(
  recordOf({
    term,
    previousNum: num,
    previousId: checksum.map(blockIdOf),
    blocks: fc.array(block, { maxLength: 3 }),
    commitNum: num,
    round: fc.maxSafeNat(),
  }).map((fields) => ({ kind: "append" as const, ...fields })),
  recordOf({
    addresses: fc.array(recordOf({ node: checksum.map(nodeIdOf), url: fc.webUrl() })),
  }).map((fields) => ({ kind: "peers" as const, ...fields })),
  recordOf({ transactions: fc.array(signed) }).map((fields) => ({
    kind: "submit" as const,
    ...fields,
  })),
  fc
    .tuple(
      recordOf({ term, pre: fc.boolean(), granted: fc.boolean() }),
      fc.option(recordOf({ headNum: num, producers: fc.array(checksum.map(nodeIdOf)) })),
    )
    .map(([fields, roster]) => ({
      kind: "vote-response" as const,
      ...fields,
      ...(roster === null ? {} : { roster }),
    })),
  recordOf({ request: fc.maxSafeNat(), num }).map((fields) => ({
    kind: "read-index-response" as const,
    ...fields,
  })),
);

test(`messages come back as they were sent (seed ${seed})`, () => {
  check(300, message, (value) => {
    assert.deepEqual(decodeNodeMessage(encodeNodeMessage(value)), { ok: true, value });
  });
});

test(`changed messages are refused or decode to something that can be sent (seed ${seed})`, () => {
  check(3_000, mutated(message.map(encodeNodeMessage)), (frame) => {
    const decoded = decodeNodeMessage(frame);
    if (!decoded.ok) return;
    const again = decodeNodeMessage(encodeNodeMessage(decoded.value));
    assert.deepEqual(again, decoded);
  });
});

test(`changed blocks never keep their id with other transactions (seed ${seed})`, () => {
  const changed = block.chain((good) =>
    fc.tuple(fc.constant(good), mutated(fc.constant(good.bytes))),
  );
  check(2_000, changed, ([good, other]) => {
    const decoded = decodeBlock(other);
    if (!decoded.ok || decoded.value.id !== good.id) return;
    assert.deepEqual(decoded.value.transactions, good.transactions);
  });
});

test(`changed transactions are refused, or have another id or only other proofs (seed ${seed})`, () => {
  const changed = signed.chain((good) => fc.tuple(fc.constant(good), mutated(fc.constant(good))));
  check(3_000, changed, ([good, other]) => {
    const [first, second] = [prepareTransaction(good), prepareTransaction(other)];
    if (!first.ok || !second.ok || first.value.id !== second.value.id) return;
    assert.deepEqual(second.value.transaction, first.value.transaction);
  });
});

test(`a view shows what unpacking gives (seed ${seed})`, () => {
  check(500, transaction, (value) => {
    const view = transactionCodec.view(transactionCodec.pack(value));
    assert.ok(view.ok);
    assert.deepEqual({ ...tapos(view.value.tapos) }, value.tapos);
    assert.equal(view.value.actions.length, value.actions.length);
    for (const [i, action] of [...view.value.actions].entries()) {
      assert.equal(action.sender, value.actions[i]?.sender);
      assert.equal(action.method, value.actions[i]?.method);
      assert.deepEqual(action.rawData, value.actions[i]?.rawData);
    }
  });
  check(2_000, mutated(transaction.map((value) => transactionCodec.pack(value))), (packed) => {
    const [view, value] = [transactionCodec.view(packed), transactionCodec.unpack(packed)];
    assert.equal(view.ok, value.ok);
    if (view.ok && value.ok) {
      assert.equal(view.value.claims.length, value.value.claims.length);
      assert.deepEqual(tapos(view.value.tapos), value.value.tapos);
    }
  });
});

test(`arbitrary bytes never make a decoder throw (seed ${seed})`, () => {
  const arbitrary = fc.oneof(fc.uint8Array({ maxLength: 200 }), mutated(signed));
  check(3_000, arbitrary, (data) => {
    decodeNodeMessage(data);
    decodeBlock(data);
    prepareTransaction(data);
    receiptCodec.unpack(data);
    httpRequestCodec.unpack(data);
    httpReplyCodec.unpack(data);
    parsePublicKey(data);
    parsePrivateKey(data);
    unpackText(data);
    verifyEd25519(data, data.subarray(0, 32), data.subarray(0, 64));
    verifyP256(data, data.subarray(0, 65), data.subarray(0, 64));
  });
});

test(`arbitrary texts never make a parser throw (seed ${seed})`, () => {
  check(3_000, fc.string({ unit: "binary", maxLength: 60 }), (text) => {
    const parsed = parseAccountName(text);
    if (parsed.ok) assert.match(text, /^[a-z0-9-]{1,10}$/);
    parseMethodName(text);
    parseBlockId(text);
    decodePem("PUBLIC KEY", text);
  });
});

test(`receipts and HTTP messages come back as they were packed (seed ${seed})`, () => {
  const failure = fc.record(
    { code: fc.string(), message: fc.string(), actionIndex: u32 },
    { requiredKeys: ["code", "message"], noNullPrototype: true },
  );
  const receipt = fc.record(
    {
      transactionId: checksum.map(transactionIdOf),
      blockNum: num,
      blockTime: fc.maxSafeNat(),
      index: u32,
      results: fc.array(bytes),
      failure,
    },
    {
      requiredKeys: ["transactionId", "blockNum", "blockTime", "index", "results"],
      noNullPrototype: true,
    },
  );
  check(500, receipt, (value) => {
    assert.deepEqual(receiptCodec.unpack(receiptCodec.pack(value)), { ok: true, value });
  });
  const header = recordOf({ name: fc.string(), value: fc.string() });
  const reply = recordOf({
    status: fc.nat(0xffff),
    contentType: fc.string(),
    headers: fc.array(header),
    body: bytes,
  });
  check(500, reply, (value) => {
    assert.deepEqual(httpReplyCodec.unpack(httpReplyCodec.pack(value)), { ok: true, value });
  });
});

function tapos(view: {
  readonly expiration: number;
  readonly flags: number;
  readonly refBlockIndex: number;
}): typeof view {
  const { expiration, flags, refBlockIndex } = view;
  return { expiration, flags, refBlockIndex };
}
