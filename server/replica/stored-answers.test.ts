import assert from "node:assert/strict";
import { test } from "node:test";

import { blockIdOf, blockNumOf, termOf } from "@kith/protocol/ids";
import { messageBlocksMax } from "@kith/protocol/limits";

import { StoredAnswers } from "./stored-answers.ts";
import {
  testBlocks,
  TestCertificates,
  TestClock,
  TestLinks,
  TestLog,
  testNode,
} from "./test-support.ts";

const peer = testNode(2);

type Room = { readonly count: number; readonly isBft?: boolean; readonly isTaking?: boolean };

/** `isTaking`: the peer gets a snapshot already. */
function openRoom({ count, isBft = true, isTaking = false }: Room) {
  const log = new TestLog(testBlocks({ count }));
  const certificates = new TestCertificates();
  const links = new TestLinks(peer);
  const offered: string[] = [];
  const damaged: number[] = [];
  const lost = new Set<number>();
  const answers = new StoredAnswers({
    log,
    certificates,
    links,
    clock: new TestClock(),
    snapshots: {
      offer: (to) => void offered.push(to),
      offerInstead: () => isTaking,
    },
    finalNum: () => blockNumOf(count),
    isBft: () => isBft,
    onDamaged: (num) => void damaged.push(num),
    isLost: (num) => lost.has(num),
  });
  /** Kind, first and last block of what was sent. */
  const sent = (): readonly unknown[] =>
    links.take().map(({ message }) => {
      const blocks = "blocks" in message ? message.blocks : [];
      return [message.kind, blocks[0]?.header.blockNum, blocks.at(-1)?.header.blockNum];
    });
  const certify = (num: number): void => {
    const block = log.blocks.get(blockNumOf(num));
    assert.ok(block !== undefined);
    const { header, id } = block;
    const about = { num: header.blockNum, id, epoch: blockNumOf(1), term: termOf(1) };
    const certificate = { kind: "committed", ...about, links: [], votes: [] } as const;
    certificates.keepCertificate({ header, certificate });
  };
  const sendChain = (after: number): void => {
    const place = { num: blockNumOf(after), id: blockIdOf("00".repeat(32)) };
    answers.sendChain({ kind: "send-chain", to: peer, after: place });
  };
  const sendStored = (firstNum: number, lastNum: number): void => {
    const [first, last] = [blockNumOf(firstNum), blockNumOf(lastNum)];
    const place = { firstNum: first, lastNum: last, commitNum: last };
    answers.sendStored({ kind: "send-stored", to: peer, term: termOf(1), round: 1, ...place });
  };
  return { log, answers, offered, damaged, lost, sent, certify, sendChain, sendStored };
}

test("whoever lacks blocks gets those that are shown to be final", () => {
  const room = openRoom({ count: 9 });
  room.certify(7);
  room.sendChain(3);
  assert.deepEqual(room.sent(), [["chain-response", 4, 7]]);
  room.sendChain(7);
  assert.deepEqual([room.sent(), room.offered], [[], []]);
});

test("whoever lacks what has left the log is offered a snapshot", () => {
  const room = openRoom({ count: 9 });
  room.log.dropBefore(blockNumOf(6));
  room.sendChain(3);
  assert.deepEqual([room.sent(), room.offered], [[], [peer]]);
});

test("where no message holds the blocks up to a proof, a snapshot is offered; not by who may append under CFT", () => {
  const room = openRoom({ count: messageBlocksMax + 2 });
  room.sendChain(1);
  assert.deepEqual([room.sent(), room.offered], [[], [peer]]);
  const cft = openRoom({ count: messageBlocksMax + 2, isBft: false });
  cft.sendChain(1);
  assert.deepEqual([cft.sent(), cft.offered], [[], []]);
});

test("a damaged block that another node needs is told, so that others are asked for it", () => {
  const room = openRoom({ count: 9 });
  room.certify(7);
  room.log.damaged.add(5);
  room.sendChain(4);
  room.sendStored(5, 9);
  assert.deepEqual([room.sent(), room.damaged], [[], [5, 5]]);
  room.sendStored(3, 9);
  assert.deepEqual(room.sent(), [["append", 3, 4]]);
  room.sendStored(10, 12);
  assert.deepEqual([room.sent(), room.damaged], [[], [5, 5]]);
});

test("where a block is lost that somebody needs, the state behind it is offered", () => {
  const room = openRoom({ count: 9, isBft: false });
  room.log.damaged.add(5);
  room.lost.add(5);
  room.sendChain(4);
  room.sendStored(5, 8);
  assert.deepEqual([room.sent(), room.damaged, room.offered], [[], [], [peer, peer]]);
});

test("whoever gets chunks of a snapshot gets no blocks meanwhile", () => {
  const room = openRoom({ count: 9, isTaking: true });
  room.certify(7);
  room.sendChain(3);
  room.sendStored(3, 9);
  assert.deepEqual(room.sent(), []);
});

test("whoever repairs its log gets blocks as they are stored, and hears what is final", () => {
  const room = openRoom({ count: 9 });
  const [from, to] = [blockNumOf(2), blockNumOf(30)];
  room.answers.sendBlocks(peer, { kind: "blocks-request", from, to });
  assert.deepEqual(room.sent(), [["blocks-response", 2, 9]]);
});
