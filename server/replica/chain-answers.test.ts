import assert from "node:assert/strict";
import { test } from "node:test";

import { blockNumOf, termOf } from "@kith/protocol/ids";

import { ChainAnswers } from "./chain-answers.ts";
import { chainAgainMsMin, chainFlightBytesMax, chainPartBytes } from "./limits.ts";
import {
  testBlocks,
  TestCertificates,
  TestClock,
  TestLinks,
  TestLog,
  testNode,
} from "./test-support.ts";

const peer = testNode(2);
const blockCount = 100;

/** Two blocks make a part, and each has its certificate. */
function openRoom() {
  const log = new TestLog(
    testBlocks({
      count: blockCount,
      transactions: () => [new Uint8Array(chainPartBytes / 2 - 1_000)],
    }),
  );
  const certificates = new TestCertificates();
  for (const { header, id } of log.blocks.values()) {
    const about = { num: header.blockNum, id, epoch: blockNumOf(1), term: termOf(1) };
    const certificate = { kind: "committed", ...about, links: [], votes: [] } as const;
    certificates.keepCertificate({ header, certificate });
  }
  const [links, clock] = [new TestLinks(peer), new TestClock()];
  const answers = new ChainAnswers({ sources: { log, certificates }, links, clock });
  /** First and last block of each part. */
  const ask = (after: number): readonly (readonly [number, number])[] => {
    answers.answer(peer, blockNumOf(after));
    return links.take().map(({ message }) => {
      assert.equal(message.kind, "chain-response");
      const blocks = message.kind === "chain-response" ? message.blocks : [];
      return [blocks[0]?.header.blockNum ?? 0, blocks.at(-1)?.header.blockNum ?? 0] as const;
    });
  };
  return { answers, ask, clock, links };
}

test("the first question gets one part, and each that shows progress twice as many, up to a limit", () => {
  const { ask } = openRoom();
  let taken = 1;
  let told = 1;
  const counts: number[] = [];
  for (let asked = 0; asked < 8; asked += 1) {
    for (const [first, last] of ask(taken)) {
      assert.equal(first, told + 1, "every block once, in order");
      told = last;
    }
    counts.push((told - taken) / 2);
    taken = Math.min(taken + 2, told);
  }
  assert.deepEqual(counts.slice(0, 4), [1, 2, 4, 8]);
  assert.ok(counts.every((count) => count <= chainFlightBytesMax / chainPartBytes + 1));
});

test("a question that says nothing new gets nothing new", () => {
  const { ask, clock } = openRoom();
  assert.deepEqual(ask(1), [[2, 3]]);
  for (let asked = 0; asked < 9; asked += 1) {
    clock.advance(chainAgainMsMin / 10);
    assert.deepEqual(ask(1), []);
  }
});

test("who is where it was for long gets the same again, and then waits twice as long", () => {
  const { ask, clock } = openRoom();
  ask(1);
  assert.deepEqual(ask(3).length, 2);
  clock.advance(chainAgainMsMin);
  assert.deepEqual(ask(3), [[4, 5]]);
  clock.advance(chainAgainMsMin);
  assert.deepEqual(ask(3), []);
  clock.advance(chainAgainMsMin);
  assert.deepEqual(ask(3), [[4, 5]]);
});

test("who was started anew, or linked anew, gets what it asks for at once", () => {
  const { answers, ask, links } = openRoom();
  ask(1);
  ask(3);
  assert.deepEqual(ask(1)[0], [2, 3]);
  assert.deepEqual(ask(1), []);
  answers.keepOnly(new Set());
  assert.deepEqual(ask(1), [[2, 3]]);
  links.nodes = [];
  answers.keepOnly(new Set());
  assert.deepEqual(ask(1), []);
  links.nodes = [peer];
  assert.deepEqual(ask(1), [[2, 3]], "what found no link is not on its way");
});
