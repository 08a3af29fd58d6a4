import assert from "node:assert/strict";
import { test } from "node:test";

import type { SealedBlock } from "@kith/protocol/block";
import { sealBlock } from "@kith/protocol/blocks";
import { blockNumOf, termOf } from "@kith/protocol/ids";

import { answerChainRequest, damageInTheWay } from "./chain-response.ts";
import { blocksResponseBytesMax } from "./limits.ts";
import { testBlocks, TestCertificates, TestLog } from "./test-support.ts";

type Sources = Parameters<typeof answerChainRequest>[0] & { readonly log: TestLog };

/** A log whose blocks have certificates at these heights. */
function openChain(blocks: readonly SealedBlock[], certified: readonly number[]): Sources {
  const log = new TestLog(blocks);
  const certificates = new TestCertificates();
  for (const { id, header } of blocks) {
    const num = header.blockNum;
    if (!certified.includes(num)) continue;
    const about = { kind: "committed", epoch: blockNumOf(1), term: termOf(1), num, id } as const;
    certificates.keepCertificate({ header, certificate: { ...about, links: [], votes: [] } });
  }
  return { log, certificates };
}

/** First and last block, and what the certificate is about. */
function answerAfter(sources: Sources, after: number): unknown {
  const answer = answerChainRequest(sources, blockNumOf(after));
  if (answer === undefined || answer === "snapshot") return answer;
  const nums = answer.blocks.map(({ header }) => header.blockNum);
  return [nums[0], nums.at(-1), answer.certificate?.num];
}

const blocks = testBlocks({ count: 40 });

test("whoever is behind gets all blocks up to the newest that is shown to be final", () => {
  const log = openChain(blocks, [10, 20, 30]);
  assert.deepEqual(answerAfter(log, 4), [5, 30, 30]);
  assert.deepEqual(answerAfter(log, 25), [26, 30, 30]);
});

test("whoever has all of that gets nothing", () => {
  const log = openChain(blocks, [10]);
  assert.equal(answerAfter(log, 10), undefined);
  assert.equal(answerAfter(log, 40), undefined);
  assert.equal(answerAfter(log, 99), undefined);
  assert.equal(answerAfter(openChain([], []), 1), undefined);
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
  assert.equal(answerAfter(log, 18), "snapshot");
  assert.deepEqual(answerAfter(log, 19), [20, 30, 30]);
});

test("blocks without a certificate go to whoever can prove the last of them, and only all of them", () => {
  const log = openChain(blocks, [10]);
  const numsUpTo = (proved: number): readonly number[] | undefined => {
    const answer = answerChainRequest(log, blockNumOf(20), blockNumOf(proved));
    if (answer === undefined || answer === "snapshot") return undefined;
    assert.equal(answer.certificate, undefined);
    return answer.blocks.map(({ header }) => header.blockNum);
  };
  assert.deepEqual(numsUpTo(23), [21, 22, 23]);
  assert.equal(numsUpTo(41), undefined);
  assert.equal(numsUpTo(20), undefined);
  log.log.dropBefore(blockNumOf(22));
  assert.equal(answerChainRequest(log, blockNumOf(20), blockNumOf(23)), "snapshot");
});

test("an answer ends with the last certificate before it gets too long, and always holds the first", () => {
  const large = testBlocks({
    count: 12,
    transactions: () => [new Uint8Array(blocksResponseBytesMax / 4)],
  });
  const log = openChain(large, [2, 3, 11]);
  assert.deepEqual(answerAfter(log, 1), [2, 3, 3]);
  assert.deepEqual(answerAfter(log, 3), [4, 11, 11]);
});

test("it ends before a block that cannot be read", () => {
  const log = openChain(blocks, [10, 20, 30]);
  log.log.damaged.add(22);
  assert.deepEqual(answerAfter(log, 4), [5, 20, 20]);
  assert.equal(answerAfter(log, 20), undefined);
});

test("a damaged block in the way of an answer is named, so that others are asked for a copy", () => {
  const sources = openChain(blocks, [10, 20]);
  sources.log.damaged.add(7);
  assert.equal(answerAfter(sources, 4), undefined);
  assert.equal(damageInTheWay(sources, blockNumOf(4)), 7);
  assert.equal(damageInTheWay(sources, blockNumOf(7)), undefined);
});
