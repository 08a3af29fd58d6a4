import assert from "node:assert/strict";
import { test } from "node:test";

import type { Consensus, SealedBlock } from "@kith/protocol/block";
import { consensusStateOf, sealBlock } from "@kith/protocol/blocks";
import { consensusAfter, noConsensus } from "@kith/protocol/consensus-point";
import { zeroChecksum } from "@kith/protocol/hashes";
import { blockIdOf, blockNumOf, nodeIdOf, termOf } from "@kith/protocol/ids";
import { accountNameConstant } from "@kith/protocol/names";

import { defaultConsensusConfig } from "../core/config.ts";
import { startConsensus } from "../core/start.ts";
import { step } from "../core/step.ts";

const self = nodeIdOf("01".repeat(32));
const leader = nodeIdOf("02".repeat(32));
const account = accountNameConstant("follower");
const consensus: Consensus = {
  algorithm: "cft",
  producers: [
    { account, node: self },
    { account: accountNameConstant("leader"), node: leader },
  ],
};
const genesis = blockAfter(undefined);
const now = { monotonicMs: 0, wallMicros: 1_000_000 };

function blockAfter(previous: SealedBlock | undefined): SealedBlock {
  const num = (previous?.header.blockNum ?? 0) + 1;
  return sealBlock(
    {
      previous: previous?.id ?? blockIdOf("0".repeat(64)),
      blockNum: blockNumOf(num),
      time: num,
      producer: accountNameConstant("leader"),
      term: termOf(previous === undefined ? 0 : 1),
      commitNum: blockNumOf(num - 1),
      consensusState: consensusStateOf(
        previous === undefined ? noConsensus.joint : { current: consensus },
      ),
      executedNum: blockNumOf(0),
      stateRoot: zeroChecksum,
      eventRoot: zeroChecksum,
      ...(previous === undefined ? { newConsensus: consensus } : {}),
    },
    [],
  );
}

/** Under CFT nothing is signed unless somebody asks. */
const crypto = {
  chain: genesis.id,
  sign: (): Uint8Array => new Uint8Array(64),
  isSigned: (): boolean => true,
};
const config = { ...defaultConsensusConfig, self, crypto, randomSeed: 1 };
const restored = {
  ballot: { term: termOf(1) },
  blocks: [genesis],
  consensus: consensusAfter(noConsensus, genesis.header),
  commitNum: 1,
  logFirst: 1,
};
const append = {
  kind: "append",
  term: termOf(1),
  previousNum: blockNumOf(1),
  previousId: genesis.id,
  blocks: [blockAfter(genesis)],
  commitNum: blockNumOf(2),
  round: 1,
} as const;

test("a confirm does not name blocks as final that a crash could still take from this node", () => {
  const state = startConsensus(config, restored, now);

  const { effects } = step(state, { kind: "message", from: leader, message: append }, now);

  const sent = effects.find((effect) => effect.kind === "send");
  assert.equal(sent?.message.kind, "confirm");
  assert.equal(sent.message.headNum, 2);
  assert.ok(sent.afterWrite > 0, "the confirm waits for the block");
  assert.equal(sent.message.commitNum, 1);
});

test("a node that starts with the word of another follows a producer that its own log does not know", () => {
  const newcomer = nodeIdOf("03".repeat(32));
  const input = { kind: "message", from: newcomer, message: append } as const;

  const alone = startConsensus(config, restored, now);
  step(alone, input, now);
  assert.equal(alone.log.head.num, 1);
  assert.equal(alone.leader, undefined);

  const roster = { headNum: blockNumOf(5), producers: [newcomer] };
  const told = startConsensus(config, { ...restored, roster }, now);
  step(told, input, now);
  assert.equal(told.log.head.num, 2);
  assert.equal(told.leader, newcomer);
});
