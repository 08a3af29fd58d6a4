import assert from "node:assert/strict";
import { test } from "node:test";

import type { SealedBlock } from "@kith/protocol/block";
import { sealBlock } from "@kith/protocol/blocks";
import { blockNumOf, termOf, type BlockNum } from "@kith/protocol/ids";
import { frameBytesMax, messageBlocksMax } from "@kith/protocol/limits";
import { decodeNodeMessage, encodeNodeMessage } from "@kith/protocol/node-messages";

import { answerChainRequest } from "./chain-response.ts";
import { chainPartBytes, chainResponseBytesMax } from "./limits.ts";
import type { BlockRead } from "./ports.ts";
import { testBlocks, TestCertificates, TestLog } from "./test-support.ts";

/** Knows how many blocks were read of it. */
class CountingLog extends TestLog {
  reads = 0;

  override readBlock(num: BlockNum): BlockRead {
    this.reads += 1;
    return super.readBlock(num);
  }
}

type Sources = Parameters<typeof answerChainRequest>[0] & { readonly log: CountingLog };

/** A log whose blocks have certificates at these heights. */
function openChain(blocks: readonly SealedBlock[], certified: readonly number[]): Sources {
  const log = new CountingLog(blocks);
  const certificates = new TestCertificates();
  for (const { id, header } of blocks) {
    const num = header.blockNum;
    if (!certified.includes(num)) continue;
    const about = { kind: "committed", epoch: blockNumOf(1), term: termOf(1), num, id } as const;
    certificates.keepCertificate({ header, certificate: { ...about, links: [], votes: [] } });
  }
  return { log, certificates };
}

/** First and last block, and what the certificate is about; or why there are none. */
function answerAfter(sources: Sources, after: number, proved?: number): unknown {
  const last = proved === undefined ? undefined : blockNumOf(proved);
  const answer = answerChainRequest(sources, blockNumOf(after), last);
  if (answer.kind === "damaged") return [answer.kind, answer.num];
  if (answer.kind !== "message") return answer.kind;
  const { blocks, certificate } = answer.message;
  const nums = blocks.map(({ header }) => header.blockNum);
  return [nums[0], nums.at(-1), certificate?.num];
}

const blocks = testBlocks({ count: 40 });

test("whoever is behind gets all blocks up to the newest that is shown to be final", () => {
  const log = openChain(blocks, [10, 20, 30]);
  assert.deepEqual(answerAfter(log, 4), [5, 30, 30]);
  assert.deepEqual(answerAfter(log, 25), [26, 30, 30]);
});

test("whoever has all of that gets nothing", () => {
  const log = openChain(blocks, [10]);
  assert.equal(answerAfter(log, 10), "nothing");
  assert.equal(answerAfter(log, 40), "nothing");
  assert.equal(answerAfter(log, 99), "nothing");
  assert.equal(answerAfter(openChain([], []), 1), "nothing");
});

test("nothing goes behind a change of producers, whom the receiver does not know yet", () => {
  const before = testBlocks({ count: 15 });
  const last = before.pop();
  assert.ok(last !== undefined);
  const newConsensus = { algorithm: "bft", producers: [] } as const;
  const change = sealBlock({ ...last.header, newConsensus }, []);
  const behind = testBlocks({ count: 25, after: change });
  const log = openChain([...before, change, ...behind], [10, 15, 20, 30]);
  assert.deepEqual(answerAfter(log, 4), [5, 15, 15]);
  assert.deepEqual(answerAfter(log, 15), [16, 30, 30]);
});

test("whoever lacks what has left the log needs a snapshot", () => {
  const log = openChain(blocks, [10, 30]);
  log.log.dropBefore(blockNumOf(20));
  assert.equal(answerAfter(log, 18), "too-old");
  assert.deepEqual(answerAfter(log, 19), [20, 30, 30]);
});

test("blocks without a certificate go to whoever can prove the last of them, and only all of them", () => {
  const log = openChain(blocks, [10]);
  assert.deepEqual(answerAfter(log, 20, 23), [21, 23, undefined]);
  assert.equal(answerAfter(log, 20, 41), "nothing");
  assert.equal(answerAfter(log, 20, 20), "nothing");
  log.log.dropBefore(blockNumOf(22));
  assert.equal(answerAfter(log, 20, 23), "too-old");
});

test("an answer ends with the last certificate before it gets too long, and always holds the first", () => {
  const large = testBlocks({
    count: 12,
    transactions: () => [new Uint8Array(chainPartBytes / 4)],
  });
  const log = openChain(large, [2, 3, 11]);
  assert.deepEqual(answerAfter(log, 1), [2, 3, 3]);
  assert.deepEqual(answerAfter(log, 3), [4, 11, 11]);
});

test("an answer without a certificate near is read no further than one message holds, and fits into it", () => {
  const transaction = new Uint8Array(1024 * 1024);
  const large = testBlocks({ count: 20, transactions: () => [transaction] });
  const uncertified = openChain(large, []);
  assert.equal(answerAfter(uncertified, 1), "too-long");
  assert.ok(uncertified.log.reads <= 1 + chainResponseBytesMax / transaction.length);
  const many = testBlocks({ count: messageBlocksMax + 100 });
  const small = openChain(many, []);
  assert.equal(answerAfter(small, 1), "too-long");
  assert.equal(small.log.reads, messageBlocksMax);
  const atTheEnd = openChain(many, [messageBlocksMax + 1]);
  const answer = answerChainRequest(atTheEnd, blockNumOf(1));
  assert.ok(answer.kind === "message");
  const bytes = encodeNodeMessage(answer.message);
  assert.ok(bytes.length <= frameBytesMax);
  assert.ok(decodeNodeMessage(bytes).ok);
  assert.equal(answerAfter(openChain(many, [messageBlocksMax + 2]), 1), "too-long");
  const whole = openChain(large, [7]);
  assert.deepEqual(answerAfter(whole, 1), [2, 7, 7]);
  assert.equal(answerAfter(openChain(large, [8]), 1), "too-long");
});

test("it ends before a block that cannot be read, which is named when nothing else can be answered", () => {
  const log = openChain(blocks, [10, 20, 30]);
  log.log.damaged.add(22);
  assert.deepEqual(answerAfter(log, 4), [5, 20, 20]);
  assert.deepEqual(answerAfter(log, 20), ["damaged", 22]);
  assert.deepEqual(answerAfter(log, 20, 30), ["damaged", 22]);
  assert.deepEqual(answerAfter(log, 22), [23, 30, 30]);
  log.log.damaged.add(7);
  assert.deepEqual(answerAfter(log, 4), ["damaged", 7]);
});
