import assert from "node:assert/strict";
import { test } from "node:test";

import { defaultConsensusConfig } from "@kith/consensus/core/config";
import { startConsensus } from "@kith/consensus/core/start";
import type { Consensus } from "@kith/protocol/block";
import { sealBlock, consensusStateOf } from "@kith/protocol/blocks";
import { consensusAfter, noConsensus } from "@kith/protocol/consensus-point";
import { zeroChecksum } from "@kith/protocol/hashes";
import { blockIdOf, blockNumOf, termOf } from "@kith/protocol/ids";
import { accountNameConstant } from "@kith/protocol/names";

import { Core } from "./core.ts";
import { TestClock, TestLinks, TestLog, testNode } from "./test-support.ts";

const nothing = (): void => undefined;
const [self, peer] = [testNode(1), testNode(2)];
const consensus: Consensus = {
  algorithm: "cft",
  producers: [
    { account: accountNameConstant("self"), node: self },
    { account: accountNameConstant("peer"), node: peer },
  ],
};
const genesis = sealBlock(
  {
    previous: blockIdOf("0".repeat(64)),
    blockNum: blockNumOf(1),
    time: 1,
    producer: accountNameConstant("self"),
    term: termOf(0),
    commitNum: blockNumOf(0),
    consensusState: consensusStateOf(noConsensus.joint),
    executedNum: blockNumOf(0),
    stateRoot: zeroChecksum,
    eventRoot: zeroChecksum,
    newConsensus: consensus,
  },
  [],
);

/** Under CFT nothing is signed unless somebody asks. */
const crypto = {
  chain: genesis.id,
  sign: (): Uint8Array => new Uint8Array(64),
  isSigned: (): boolean => true,
};

/** One of two producers, which leads; its log is on disk when the test says so. */
function openLeader() {
  const clock = new TestClock();
  const links = new TestLinks(peer);
  const log = new TestLog([genesis]);
  const point = consensusAfter(noConsensus, genesis.header);
  const restored = {
    ballot: { term: termOf(0) },
    blocks: [genesis],
    consensus: point,
    commitNum: 1,
    logFirst: 1,
  };
  const config = { ...defaultConsensusConfig, self, crypto, randomSeed: 1, preVote: false };
  const commits: number[] = [];
  let onIdle = nothing;
  const core = new Core(startConsensus(config, restored, clock.now()), {
    log,
    links,
    clock,
    onPersist: nothing,
    onEffect: (effect) => {
      if (effect.kind === "commit") commits.push(effect.num);
    },
    onDurable: nothing,
    onIdle: () => onIdle(),
  });
  clock.advance(defaultConsensusConfig.electionTimeoutMsMax);
  core.feed({ kind: "tick" });
  const term = termOf(core.state.term);
  const granted = { kind: "vote-response", term, granted: true, pre: false } as const;
  core.feed({ kind: "message", from: peer, message: granted });
  return {
    core,
    clock,
    links,
    log,
    commits,
    term,
    onIdle: (run: () => void): void => {
      onIdle = run;
    },
    propose: (): void => {
      const executed = { num: blockNumOf(1), stateRoot: zeroChecksum, eventRoot: zeroChecksum };
      core.feed({ kind: "propose", transactions: [Uint8Array.of(1)], executed });
    },
    confirm: (): void => {
      const { head } = core.state.log;
      const message = {
        kind: "confirm",
        term,
        accepted: true,
        headNum: blockNumOf(head.num),
        headId: head.id,
        commitNum: blockNumOf(core.state.commitNum),
        round: core.state.leadership?.round ?? 0,
        clock: clock.now().wallMicros,
      } as const;
      core.feed({ kind: "message", from: peer, message });
    },
    appends: () =>
      links
        .take()
        .map(({ message }) =>
          message.kind === "append" ? [message.blocks.length, message.commitNum] : message.kind,
        ),
  };
}

test("a vote request leaves when the candidate's own vote is on disk, and not before", () => {
  const clock = new TestClock();
  const links = new TestLinks(peer);
  const log = new TestLog([genesis]);
  log.holdWrites = true;
  const point = consensusAfter(noConsensus, genesis.header);
  const ballot = { term: termOf(0) };
  const restored = { ballot, blocks: [genesis], consensus: point, commitNum: 1, logFirst: 1 };
  const config = { ...defaultConsensusConfig, self, crypto, randomSeed: 1, preVote: false };
  const rest = { onPersist: nothing, onEffect: nothing, onDurable: nothing, onIdle: nothing };
  const core = new Core(startConsensus(config, restored, clock.now()), {
    log,
    links,
    clock,
    ...rest,
  });
  clock.advance(defaultConsensusConfig.electionTimeoutMsMax);
  core.feed({ kind: "tick" });
  assert.deepEqual(links.take(), []);
  log.sync();
  assert.deepEqual(
    links.take().map(({ message }) => message.kind),
    ["vote-request"],
  );
});

test("the news that a block is final leaves after everything else that the confirm brings", () => {
  const { core, confirm, propose, appends, onIdle, commits } = openLeader();
  confirm();
  propose();
  appends();
  const before = core.state.commitNum;
  const seen: unknown[] = [];
  onIdle(() => seen.push(...appends(), commits.at(-1)));
  confirm();
  assert.deepEqual(seen, [before + 1]);
  assert.deepEqual(appends(), [[0, before + 1]]);
});

test("the news travels with the next block when there is one", () => {
  const { core, confirm, propose, appends, onIdle } = openLeader();
  confirm();
  propose();
  appends();
  const before = core.state.commitNum;
  let more = true;
  onIdle(() => {
    if (more) propose();
    more = false;
  });
  confirm();
  assert.deepEqual(appends(), [[1, before + 1]]);
});
