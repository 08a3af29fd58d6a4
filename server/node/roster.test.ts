import assert from "node:assert/strict";
import { test } from "node:test";

import { rosterProducersMax } from "@kith/protocol/limits";
import { TestChain, testConsensus, testProducer } from "@kith/protocol/test-chain";

import { consensusInForce, parseRoster } from "./roster.ts";

const nodes = ["11".repeat(32), "22".repeat(32)];

test("a list of producers is read as it was written", () => {
  const roster = { headNum: 7, producers: nodes };
  assert.deepEqual(parseRoster(JSON.stringify(roster)), roster);
});

test("anything else is no list of producers", () => {
  const wrong: unknown[] = [
    null,
    [],
    { producers: nodes },
    { headNum: 7 },
    { headNum: 0, producers: nodes },
    { headNum: 1.5, producers: nodes },
    { headNum: "7", producers: nodes },
    { headNum: 7, producers: [] },
    { headNum: 7, producers: "11" },
    { headNum: 7, producers: [...nodes, "no node"] },
    { headNum: 7, producers: [{}] },
    { headNum: 7, producers: Array.from({ length: rosterProducersMax + 1 }, () => nodes[0]) },
  ];
  for (const each of wrong) assert.equal(parseRoster(JSON.stringify(each)), undefined);
  assert.equal(parseRoster("no JSON"), undefined);
});

test("a change is over when the node is in its epoch, also before a block says so", () => {
  const before = testConsensus("cft", [0, 1, 2].map(testProducer));
  const after = testConsensus("bft", [0, 1, 2, 3].map(testProducer));
  const chain = new TestChain(before);
  chain.append();
  chain.append({ newConsensus: after });
  const point = chain.point(3);
  assert.deepEqual(consensusInForce(point, 1), { current: before, next: after });
  assert.deepEqual(consensusInForce(point, undefined), { current: before, next: after });
  assert.deepEqual(consensusInForce(point, 3), { current: after });
  assert.deepEqual(consensusInForce(chain.point(2), 1), { current: before });
  assert.equal(consensusInForce(undefined, 1), undefined);
});
