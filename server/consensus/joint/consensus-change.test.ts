import assert from "node:assert/strict";
import { test } from "node:test";

import type { Consensus } from "@kith/protocol/block";
import { consensusAfter, consensusUnder, noConsensus } from "@kith/protocol/consensus-point";
import { blockNumOf, brandAccountName, nodeIdOf } from "@kith/protocol/ids";
import { producersMax } from "@kith/protocol/limits";

import { checkChange } from "./consensus-change.ts";

function consensusOf(count: number): Consensus {
  const producers = Array.from({ length: count }, (_, index) => ({
    account: brandAccountName(`p${index}`),
    node: nodeIdOf(index.toString(16).padStart(64, "0")),
  }));
  return { algorithm: "cft", producers };
}

function headerOf(num: number, commitNum: number, newConsensus?: Consensus) {
  const header = { blockNum: blockNumOf(num), commitNum: blockNumOf(commitNum) };
  return newConsensus === undefined ? header : { ...header, newConsensus };
}

const start = consensusAfter(noConsensus, headerOf(1, 0, consensusOf(3)));

test("a change is under way until a block is made by somebody who knows it to be final", () => {
  const changing = consensusAfter(start, headerOf(5, 4, consensusOf(4)));
  assert.equal(changing.since, 5);
  assert.equal(checkChange(changing, consensusOf(5))?.code, "change-pending");
  assert.equal(consensusAfter(changing, headerOf(6, 4)), changing);
  const over = consensusAfter(changing, headerOf(7, 5));
  assert.deepEqual(over.joint, { current: consensusOf(4) });
  assert.equal(checkChange(consensusUnder(changing, 5), consensusOf(5)), undefined);
});

test("there may be as many producers as the limit says, and not one more", () => {
  assert.equal(checkChange(start, consensusOf(producersMax)), undefined);
  assert.equal(checkChange(start, consensusOf(producersMax + 1))?.code, "change-invalid");
});

test("nobody may be a producer twice, by account or by key, and somebody has to be one", () => {
  const [first, second] = consensusOf(2).producers;
  assert.ok(first !== undefined && second !== undefined);
  for (const producers of [
    [],
    [first, { ...second, node: first.node }],
    [first, { ...second, account: first.account }],
  ]) {
    assert.equal(checkChange(start, { algorithm: "cft", producers })?.code, "change-invalid");
  }
});
