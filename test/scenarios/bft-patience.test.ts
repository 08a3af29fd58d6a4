import assert from "node:assert/strict";
import { test } from "node:test";

import type { SealedBlock } from "@kith/protocol/block";
import { blockNumOf } from "@kith/protocol/ids";

import { Puppets } from "./puppets.ts";

const term = 3;

/** The leader's next block, which the others commit after so long. */
function makeFinalAfter(puppets: Puppets, parent: SealedBlock, ms: number): SealedBlock {
  const block = puppets.block(parent, term);
  puppets.tell("d", puppets.proposal(parent, block));
  const place = { num: block.header.blockNum, id: block.id };
  for (let left = ms; left > 0; left -= 50) {
    puppets.cluster.pass("a", Math.min(50, left));
    // The leader lives.
    const vote = puppets.vote("d", term, { prepared: place });
    puppets.tell("d", {
      kind: "proposal",
      previous: place,
      blocks: [],
      vote,
      commitNum: blockNumOf(1),
    });
  }
  for (const name of ["b", "c", "d"]) {
    puppets.says(name, term, { prepared: place, committed: place });
  }
  return block;
}

function timeoutMs({ a }: Puppets): number {
  return a.state.bft.clock.timeoutMs;
}

test("where finality takes most of a view timeout nodes become more patient before a term is lost by it", () => {
  const puppets = new Puppets();
  const { a } = puppets;
  const least = a.config.viewTimeoutMsMin;
  puppets.begin(term);
  let parent = puppets.genesis;
  for (const [ms, expected] of [
    [least * 0.4, least],
    [least * 0.9, least * 2],
    [least * 1.8, least * 4],
    [least * 3.8, least * 4],
    [least * 2, least * 4],
  ] as const) {
    parent = makeFinalAfter(puppets, parent, ms);
    assert.equal(a.state.commitNum, parent.header.blockNum);
    assert.equal(timeoutMs(puppets), expected);
    assert.equal(a.state.term, term);
  }
  parent = makeFinalAfter(puppets, parent, 10);
  parent = makeFinalAfter(puppets, parent, 10);
  assert.equal(timeoutMs(puppets), least);
});

test("what takes longer than four of the least timeouts costs a leader its term, however it got there", () => {
  const puppets = new Puppets();
  const { a } = puppets;
  const least = a.config.viewTimeoutMsMin;
  puppets.begin(term);
  let parent = puppets.genesis;
  for (const times of [0.9, 1.8]) parent = makeFinalAfter(puppets, parent, least * times);
  makeFinalAfter(puppets, parent, least * 4.1);
  assert.equal(a.state.commitNum, parent.header.blockNum);
  assert.ok(a.state.term > term);
});
