import assert from "node:assert/strict";
import { test } from "node:test";

import { rosterProducersMax } from "@kith/protocol/limits";

import { parseRoster } from "./roster.ts";

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
