import assert from "node:assert/strict";
import { test } from "node:test";

import { sealBlock } from "./blocks.ts";
import type { Certificate } from "./certificate.ts";
import { toHex, zeroChecksum } from "./hashes.ts";
import { blockIdOf, blockNumOf, nodeIdOf, termOf, transactionIdOf } from "./ids.ts";
import {
  frameBytesMax,
  messageBlocksMax,
  messageChangesMax,
  peerAddressesMax,
  peerUrlBytesMax,
  rosterProducersMax,
  manifestPartBytesMax,
  snapshotChunkBytesMax,
  submitErrorBytesMax,
  submitTransactionsMax,
} from "./limits.ts";
import { accountNameConstant } from "./names.ts";
import type { NodeMessage } from "./node-message.ts";
import { decodeNodeMessage, encodeNodeMessage, messageTag } from "./node-messages.ts";
import type { SignedViewChange, SignedVote } from "./vote.ts";

const num = blockNumOf(9);
const term = termOf(3);
const block = sealBlock(
  {
    previous: blockIdOf(zeroChecksum),
    blockNum: num,
    time: 5,
    producer: accountNameConstant("prod"),
    term,
    commitNum: blockNumOf(8),
    consensusState: zeroChecksum,
    executedNum: blockNumOf(8),
    stateRoot: zeroChecksum,
    eventRoot: zeroChecksum,
  },
  [Uint8Array.of(1, 2)],
);
const round = 2 ** 40;
const node = nodeIdOf(zeroChecksum);

const place = { num, id: block.id };
const signature = new Uint8Array(64).fill(7);
const vote: SignedVote = { epoch: num, term, prepared: place, committed: place, node, signature };
const view: SignedViewChange = {
  epoch: num,
  term,
  bestEpoch: num,
  bestTerm: term,
  best: place,
  node,
  signature,
};
const certificate: Certificate = {
  kind: "committed",
  epoch: num,
  term,
  ...place,
  links: [block.header],
  votes: [vote],
};

const messages: readonly NodeMessage[] = [
  {
    kind: "append",
    term,
    previousNum: blockNumOf(8),
    previousId: block.header.previous,
    blocks: [block],
    commitNum: num,
    round,
    certify: true,
    vote,
  },
  {
    kind: "append",
    term,
    previousNum: num,
    previousId: block.id,
    blocks: [],
    commitNum: num,
    round,
  },
  {
    kind: "confirm",
    term,
    headNum: num,
    headId: block.id,
    accepted: true,
    commitNum: num,
    round,
    clock: 1_763_725_000_000_000,
    vote,
  },
  { kind: "vote-request", term, pre: true, transfer: false, headTerm: term, headNum: num },
  { kind: "vote-response", term, pre: false, granted: true },
  {
    kind: "vote-response",
    term,
    pre: true,
    granted: false,
    roster: { headNum: num, producers: [node] },
  },
  { kind: "timeout-now", term },
  { kind: "proposal", previous: place, blocks: [block], vote, commitNum: num },
  { kind: "vote", vote, commitNum: num },
  { kind: "view-change", view, certificate },
  { kind: "view-change", view },
  { kind: "new-view", views: [view], certificate },
  { kind: "chain-request", final: place, head: place },
  { kind: "chain-response", blocks: [block], certificate },
  { kind: "read-round", round },
  { kind: "read-answer", round, num },
  { kind: "certificate", certificate },
  { kind: "recall", round },
  {
    kind: "recalled",
    round,
    epoch: num,
    term,
    leads: true,
    isSilent: false,
    headTerm: term,
    headNum: num,
    headUnderBft: true,
    lock: certificate,
  },
  {
    kind: "recalled",
    round,
    epoch: num,
    term,
    leads: false,
    isSilent: true,
    headTerm: term,
    headNum: num,
  },
  { kind: "reminder", term, num, vote },
  { kind: "reminder", term, num },
  { kind: "peers", addresses: [{ node, url: "ws://127.0.0.1:1/p2p" }] },
  { kind: "submit", transactions: [Uint8Array.of(1), Uint8Array.of(2, 3)] },
  { kind: "submit-refused", transactionId: transactionIdOf(zeroChecksum), error: "{}" },
  { kind: "read-index-request", request: 1 },
  { kind: "read-index-response", request: 1, num },
  { kind: "read-index-response", request: 2 },
  { kind: "blocks-request", from: blockNumOf(1), to: num },
  { kind: "blocks-response", blocks: [block, block], finalNum: blockNumOf(7) },
  { kind: "changes-request", after: num },
  { kind: "changes-response", changes: [{ header: block.header, certificate }] },
  { kind: "header-wanted", num },
  {
    kind: "snapshot-offer",
    term,
    block,
    snapshotId: 77,
    manifestBytes: 2,
  },
  { kind: "snapshot-wanted", after: num },
  { kind: "snapshot-plan", num },
  { kind: "manifest-request", snapshotId: 77, at: 1 },
  { kind: "manifest-part", snapshotId: 77, at: 1, data: Uint8Array.of(5, 6) },
  { kind: "snapshot-request", block: block.id, chunk: 1 },
  { kind: "snapshot-chunk", block: block.id, chunk: 1, data: Uint8Array.of(5, 6) },
  { kind: "snapshot-chunk", block: block.id, chunk: 1 },
];

function codeOf(frame: Uint8Array): string {
  const decoded = decodeNodeMessage(frame);
  assert.ok(!decoded.ok);
  const { error } = decoded;
  return error.code === "message-malformed" || error.code === "message-block-invalid"
    ? `${error.code}: ${error.fault.code}`
    : error.code;
}

test("each message comes back as it was sent, behind its permanent tag", () => {
  assert.deepEqual(new Set(messages.map(({ kind }) => kind)), new Set(Object.keys(messageTag)));
  for (const message of messages) {
    const frame = encodeNodeMessage(message);
    assert.equal(frame[0], messageTag[message.kind]);
    assert.deepEqual(decodeNodeMessage(frame), { ok: true, value: message });
  }
});

test("tags never change and never collide", () => {
  assert.deepEqual(
    Object.values(messageTag),
    [
      34, 35, 36, 37, 38, 39, 40, 48, 49, 50, 51, 52, 53, 54, 55, 56, 57, 58, 59, 60, 61, 62, 63,
      64, 65, 66, 67, 68, 69, 70, 71, 72, 73, 74,
    ],
  );
});

test("a frame that is empty, unknown, cut short or too long is an error", () => {
  assert.equal(codeOf(new Uint8Array(0)), "message-empty");
  assert.equal(codeOf(Uint8Array.of(1, 0, 0)), "message-tag-unknown");
  assert.equal(codeOf(new Uint8Array(frameBytesMax + 1)), "message-too-large");
  for (const message of messages) {
    const frame = encodeNodeMessage(message);
    for (const size of [1, 2, frame.length - 1]) {
      assert.ok(!decodeNodeMessage(frame.subarray(0, size)).ok, `${message.kind} ${size}`);
    }
  }
});

test("a block inside of a message is checked like any other", () => {
  const wrong = { ...block, bytes: Uint8Array.from(block.bytes) };
  wrong.bytes[wrong.bytes.length - 1] = 7;
  const frame = encodeNodeMessage({
    kind: "blocks-response",
    blocks: [block, wrong],
    finalNum: blockNumOf(7),
  });
  assert.equal(codeOf(frame), "message-block-invalid: block-merkle-root-wrong");
});

test("each list, text and chunk in a message has its limit", () => {
  const tooLong: readonly NodeMessage[] = [
    {
      kind: "blocks-response",
      blocks: Array.from({ length: messageBlocksMax + 1 }, () => block),
      finalNum: blockNumOf(7),
    },
    {
      kind: "submit",
      transactions: Array.from({ length: submitTransactionsMax + 1 }, () => Uint8Array.of(1)),
    },
    {
      kind: "peers",
      addresses: Array.from({ length: peerAddressesMax + 1 }, () => ({ node, url: "" })),
    },
    {
      kind: "vote-response",
      term,
      pre: true,
      granted: false,
      roster: {
        headNum: num,
        producers: Array.from({ length: rosterProducersMax + 1 }, () => node),
      },
    },
    {
      kind: "changes-response",
      changes: Array.from({ length: messageChangesMax + 1 }, () => ({
        header: block.header,
        certificate,
      })),
    },
    { kind: "peers", addresses: [{ node, url: "x".repeat(peerUrlBytesMax + 1) }] },
    {
      kind: "submit-refused",
      transactionId: transactionIdOf(zeroChecksum),
      error: "x".repeat(submitErrorBytesMax + 1),
    },
    {
      kind: "snapshot-chunk",
      block: block.id,
      chunk: 1,
      data: new Uint8Array(snapshotChunkBytesMax + 1),
    },
    {
      kind: "manifest-part",
      snapshotId: 1,
      at: 0,
      data: new Uint8Array(manifestPartBytesMax + 1),
    },
  ];
  for (const message of tooLong) {
    assert.equal(codeOf(encodeNodeMessage(message)), "message-malformed: fracpack-too-long");
  }
});

test("byte strings of a message are parts of its frame", () => {
  const frame = encodeNodeMessage({
    kind: "manifest-part",
    snapshotId: 1,
    at: 1,
    data: Uint8Array.of(5, 6),
  });
  const decoded = decodeNodeMessage(frame);
  assert.ok(decoded.ok && decoded.value.kind === "manifest-part");
  assert.equal(decoded.value.data.buffer, frame.buffer);
  assert.equal(toHex(decoded.value.data), "0506");
});
