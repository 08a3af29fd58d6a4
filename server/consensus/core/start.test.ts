import assert from "node:assert/strict";
import { test } from "node:test";

import type { Algorithm, Consensus, SealedBlock } from "@kith/protocol/block";
import { consensusStateOf, sealBlock } from "@kith/protocol/blocks";
import { zeroChecksum } from "@kith/protocol/hashes";
import { blockIdOf, blockNumOf, checksumOf, nodeIdOf, termOf } from "@kith/protocol/ids";
import { accountNameConstant } from "@kith/protocol/names";

import { defaultConsensusConfig } from "./config.ts";
import type { ConsensusEffect } from "./effect.ts";
import type { ConsensusInput } from "./input.ts";
import { startConsensus } from "./start.ts";
import { step } from "./step.ts";

const [self, other] = [nodeIdOf("01".repeat(32)), nodeIdOf("02".repeat(32))];
const account = accountNameConstant("maker");
const now = { monotonicMs: 0, wallMicros: 9_000_000 };

/** Block 7 is final and executed; of its contents nothing is left but what its row says. */
const base = {
  num: blockNumOf(7),
  id: blockIdOf("00000007".padEnd(64, "a")),
  term: 3,
  time: 7_000_000,
};
const executed = {
  num: base.num,
  stateRoot: checksumOf("5a".repeat(32)),
  eventRoot: checksumOf("5b".repeat(32)),
};

function startBehindBase(algorithm: Algorithm, nodes: readonly (typeof self)[]) {
  const consensus: Consensus = { algorithm, producers: nodes.map((node) => ({ account, node })) };
  const crypto = {
    chain: base.id,
    sign: (): Uint8Array => new Uint8Array(64),
    isSigned: (): boolean => true,
  };
  const point = { joint: { current: consensus }, since: 0, epoch: blockNumOf(1) };
  const config = { ...defaultConsensusConfig, self, crypto, randomSeed: 1 };
  const restored = { ballot: { term: termOf(3) }, blocks: [], consensus: point, logFirst: 1 };
  const state = startConsensus(config, { ...restored, base, commitNum: base.num }, now);
  let written = 0;
  const feed = (input: ConsensusInput): readonly ConsensusEffect[] => {
    const { effects } = step(state, input, now);
    for (const effect of effects) if (effect.kind === "persist") written = effect.write;
    return effects;
  };
  const settle = (): void => {
    for (let before = -1; before < written;) {
      before = written;
      feed({ kind: "durable", write: written });
      feed({ kind: "tick" });
    }
  };
  return { state, feed, settle, consensus };
}

const blocksIn = (effects: readonly ConsensusEffect[]): readonly SealedBlock[] =>
  effects.flatMap((effect) => (effect.kind === "persist" ? effect.blocks : []));

for (const algorithm of ["cft", "bft"] as const) {
  test(`${algorithm}: a producer whose newest block is lost and executed goes on behind it`, () => {
    const { state, feed, settle } = startBehindBase(algorithm, [self]);
    feed({ kind: "executed", executed });
    feed({ kind: "tick" });
    settle();
    assert.equal(state.role, "leader");
    const [made] = blocksIn(feed({ kind: "propose", transactions: [Uint8Array.of(1)], executed }));
    assert.equal(made?.header.previous, base.id);
    assert.equal(made.header.blockNum, 8);
    settle();
    assert.equal(state.commitNum, 8);
  });
}

test("cft: a new leader that is asked for a reading says what it has computed, where the last word on that is lost", () => {
  const { feed, settle } = startBehindBase("cft", [self]);
  feed({ kind: "executed", executed });
  feed({ kind: "tick" });
  settle();
  const [made] = blocksIn(feed({ kind: "read-index", request: 1 }));
  assert.equal(made?.header.executedNum, 7);
  assert.equal(made.header.stateRoot, executed.stateRoot);
  assert.equal(made.header.eventRoot, executed.eventRoot);
});

test("cft: a follower takes what comes behind a block of which it knows no more than which it is", () => {
  const { state, feed, consensus } = startBehindBase("cft", [self, other]);
  const header = {
    previous: base.id,
    blockNum: blockNumOf(8),
    time: 8_000_000,
    producer: account,
    term: termOf(3),
    commitNum: base.num,
    consensusState: consensusStateOf({ current: consensus }),
    executedNum: blockNumOf(0),
    stateRoot: zeroChecksum,
    eventRoot: zeroChecksum,
  };
  const block = sealBlock(header, []);
  const place = { previousNum: base.num, previousId: base.id, commitNum: base.num };
  const append = { kind: "append", term: termOf(3), ...place, round: 1 } as const;
  const message = { ...append, blocks: [block] };
  assert.deepEqual(blocksIn(feed({ kind: "message", from: other, message })), [block]);
  assert.equal(state.log.head.num, 8);
});

test("what is final has to be among what is restored", () => {
  const started = startBehindBase("cft", [self]).state;
  const { config, consensus } = started;
  const restored = { ballot: { term: termOf(3) }, blocks: [], logFirst: 1, base };
  for (const commitNum of [6, 8]) {
    const given = { ...restored, consensus: consensus.point, commitNum };
    assert.throws(() => startConsensus(config, given, now), RangeError);
  }
});
