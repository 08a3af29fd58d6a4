import assert from "node:assert/strict";
import { test } from "node:test";

import type { Consensus } from "@kith/protocol/block";
import { nodeIdOf } from "@kith/protocol/ids";
import { accountNameConstant } from "@kith/protocol/names";

import { cautionAbout, describeTolerance } from "./producers-client.ts";

function consensusOf(algorithm: Consensus["algorithm"], count: number): Consensus {
  const producers = Array.from({ length: count }, (_, at) => ({
    account: accountNameConstant(`node-${at + 1}`),
    node: nodeIdOf(`${at + 1}`.padStart(64, "0")),
  }));
  return { algorithm, producers };
}

function told(algorithm: Consensus["algorithm"], count: number): string {
  return describeTolerance(consensusOf(algorithm, count));
}

test("people are told what so many producers stand", () => {
  assert.equal(told("cft", 3), "2 of 3 have to run, and all are trusted");
  assert.equal(told("bft", 3), "3 of 3 have to run as they should, none may lie");
  assert.equal(told("bft", 4), "3 of 4 have to run as they should, 1 may stop or lie");
  assert.equal(told("bft", 7), "5 of 7 have to run as they should, 2 may stop or lie");
});

test("bft with too few to stand anything is said to be so", () => {
  assert.match(cautionAbout(consensusOf("bft", 3)) ?? "", /^With 3 producers bft stands no node/);
  assert.equal(cautionAbout(consensusOf("bft", 4)), undefined);
  assert.equal(cautionAbout(consensusOf("cft", 1)), undefined);
});
