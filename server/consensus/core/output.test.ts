import assert from "node:assert/strict";
import { test } from "node:test";

import type { Consensus, SealedBlock } from "@kith/protocol/block";
import { consensusStateOf, sealBlock } from "@kith/protocol/blocks";
import { consensusAfter, noConsensus } from "@kith/protocol/consensus-point";
import { zeroChecksum } from "@kith/protocol/hashes";
import { blockIdOf, blockNumOf, nodeIdOf, termOf } from "@kith/protocol/ids";
import { accountNameConstant } from "@kith/protocol/names";

import { appendToLog, truncateLog } from "../log/log-change.ts";
import { defaultConsensusConfig } from "./config.ts";
import { Output } from "./output.ts";
import { startConsensus } from "./start.ts";

const self = nodeIdOf("01".repeat(32));
const account = accountNameConstant("maker");
const consensus: Consensus = { algorithm: "cft", producers: [{ account, node: self }] };
const genesis = blockAfter(undefined, 0);
const now = { monotonicMs: 0, wallMicros: 1_000_000 };

function blockAfter(previous: SealedBlock | undefined, term: number): SealedBlock {
  const num = (previous?.header.blockNum ?? 0) + 1;
  const rules = previous === undefined ? noConsensus.joint : { current: consensus };
  return sealBlock(
    {
      previous: previous?.id ?? blockIdOf("0".repeat(64)),
      blockNum: blockNumOf(num),
      time: num,
      producer: account,
      term: termOf(term),
      commitNum: blockNumOf(0),
      consensusState: consensusStateOf(rules),
      executedNum: blockNumOf(0),
      stateRoot: zeroChecksum,
      eventRoot: zeroChecksum,
      ...(previous === undefined ? { newConsensus: consensus } : {}),
    },
    [],
  );
}

function openStep() {
  const crypto = { chain: genesis.id, sign: () => new Uint8Array(64), isSigned: () => true };
  const config = { ...defaultConsensusConfig, self, crypto, randomSeed: 1 };
  const restored = {
    ballot: { term: termOf(0) },
    blocks: [genesis],
    consensus: consensusAfter(noConsensus, genesis.header),
    commitNum: blockNumOf(1),
    logFirst: blockNumOf(1),
  };
  const state = startConsensus(config, restored, now);
  return { state, out: new Output(state, now) };
}

test("a step that drops part of what it has put into the log writes what is left, behind what it kept first", () => {
  const { state, out } = openStep();
  const [two, other] = [blockAfter(genesis, 1), blockAfter(genesis, 2)];
  const three = blockAfter(other, 2);
  appendToLog(state, new Output(state, now), two);
  truncateLog(state, out, 1);
  for (const block of [other, three]) appendToLog(state, out, block);
  truncateLog(state, out, 2);
  const writes = out.effects.filter((effect) => effect.kind === "persist");
  assert.deepEqual(
    writes.map(({ keepNum, blocks }) => [keepNum, blocks.map(({ id }) => id)]),
    [[1, [other.id]]],
  );
});

test("a step that drops more than it has put into the log keeps as little as it said at last", () => {
  const { state, out } = openStep();
  const two = blockAfter(genesis, 1);
  const before = new Output(state, now);
  appendToLog(state, before, two);
  appendToLog(state, before, blockAfter(two, 1));
  truncateLog(state, out, 2);
  appendToLog(state, out, blockAfter(two, 2));
  truncateLog(state, out, 1);
  const writes = out.effects.filter((effect) => effect.kind === "persist");
  assert.deepEqual(
    writes.map(({ keepNum, blocks }) => [keepNum, blocks.length]),
    [[1, 0]],
  );
});
