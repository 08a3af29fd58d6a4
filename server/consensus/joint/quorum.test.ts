import assert from "node:assert/strict";
import { test } from "node:test";

import { quorumSize } from "@kith/protocol/certificate";

import { reachedByQuorum, voteResult } from "./quorum.ts";

test("under CFT more than half decide", () => {
  assert.deepEqual(
    [1, 2, 3, 4, 5, 6, 7].map((voters) => quorumSize("cft", voters)),
    [1, 2, 2, 3, 3, 4, 4],
  );
});

test("under BFT two quorums share more than a third", () => {
  assert.deepEqual(
    [1, 2, 3, 4, 5, 6, 7].map((voters) => quorumSize("bft", voters)),
    [1, 2, 3, 3, 4, 5, 5],
  );
  for (let voters = 1; voters <= 100; voters += 1) {
    const quorum = quorumSize("bft", voters);
    const faulty = Math.floor((voters - 1) / 3);
    assert.ok(2 * quorum - voters > faulty, `${voters} voters`);
    assert.ok(quorum <= voters - faulty, `${voters} voters`);
  }
});

test("what a quorum reaches is the value that so many voters are at or above", () => {
  assert.equal(reachedByQuorum([12, 5, 6], 2), 6);
  assert.equal(reachedByQuorum([12, 0, 0], 2), 0);
  assert.equal(reachedByQuorum([101, 104, 103, 103, 0], 3), 103);
});

test("no voters reach everything, so that an empty set holds up nobody", () => {
  assert.equal(reachedByQuorum([], 1), Number.POSITIVE_INFINITY);
  assert.equal(voteResult([], 1), "won");
});

test("an election is pending while a missing vote could still decide it", () => {
  assert.equal(voteResult([true, false, undefined], 2), "pending");
  assert.equal(voteResult([true, true, undefined], 2), "won");
  assert.equal(voteResult([false, false, undefined], 2), "lost");
  assert.equal(voteResult([false, undefined], 2), "lost");
});
