import assert from "node:assert/strict";
import { test } from "node:test";

import type { Chain } from "@kith/chain/chain";
import type { ConsensusInput } from "@kith/consensus/core/input";
import type { ConsensusState } from "@kith/consensus/core/state";
import type { TransactionId } from "@kith/protocol/ids";
import type { PreparedTransaction } from "@kith/protocol/transactions";

import {
  flightBlockShare,
  flightBytesMin,
  flightQueueMsMin,
  flightRoomShare,
  headerAgainMs,
  pipelineSpacingMs,
  pipelineSpacingShare,
  pipelineWaitMsMax,
  restPerWork,
} from "./limits.ts";
import { Pool } from "./pool.ts";
import { Proposer } from "./proposer.ts";
import { SenderWork } from "./sender-work.ts";
import { testAction, TestClock } from "./test-support.ts";

type Propose = Extract<ConsensusInput, { kind: "propose" }>;

/** A leader whose blocks become final when the test says so. */
function openProposer() {
  const clock = new TestClock();
  const pool = new Pool();
  const work = new SenderWork();
  const proposed: Propose[] = [];
  const facts = {
    role: "leader",
    head: 1,
    commitNum: 1,
    wanted: undefined as unknown,
    full: false,
    headBlock: undefined as unknown,
  };
  const chain = {
    applied: () => ({ num: facts.commitNum, stateRoot: "root", eventRoot: "events" }),
    wantedConsensus: () => facts.wanted,
  };
  const proposer = new Proposer({
    chain: chain as unknown as Chain,
    pool,
    work,
    clock,
    state: () =>
      ({
        role: facts.role,
        log: { head: { num: facts.head }, block: () => facts.headBlock },
        commitNum: facts.commitNum,
      }) as unknown as ConsensusState,
    propose(input) {
      if (facts.full) return proposer.onRefused();
      proposed.push(input);
      facts.head++;
    },
  });
  let count = 0;
  return {
    proposer,
    clock,
    pool,
    work,
    facts,
    proposed,
    sizes: () => proposed.map(({ transactions }) => transactions.length),
    arrive: (bytes = 100, sender = `sender-${count + 1}`): void => {
      const id = `transaction ${count++}` as TransactionId;
      const transaction = { actions: [testAction(sender)] };
      const prepared = {
        id,
        bytes: new Uint8Array(bytes),
        transaction,
      } as unknown as PreparedTransaction;
      pool.add({ prepared, waiting: [], isOwn: true, stage: "queued", addedMs: 0, passedMs: 0 });
      proposer.run();
    },
    /** Everything that was proposed is final. */
    settle: (): void => {
      facts.commitNum = facts.head;
      proposer.run();
    },
  };
}

test("a lone transaction is proposed at once, and nothing when nothing waits", () => {
  const { proposer, arrive, sizes } = openProposer();
  proposer.run();
  assert.deepEqual(sizes(), []);
  arrive();
  assert.deepEqual(sizes(), [1]);
});

test("while a block is on its way transactions gather until it is final", () => {
  const { arrive, settle, sizes } = openProposer();
  for (let i = 0; i < 5; i++) arrive();
  assert.deepEqual(sizes(), [1]);
  settle();
  assert.deepEqual(sizes(), [1, 4]);
});

test("a share of the shortest finality after a block the next one leaves", () => {
  const { arrive, settle, clock, sizes } = openProposer();
  arrive();
  clock.advance(80);
  settle();
  arrive();
  arrive();
  clock.advance(80 * pipelineSpacingShare - 1);
  assert.deepEqual(sizes(), [1, 1]);
  clock.advance(1);
  assert.deepEqual(sizes(), [1, 1, 1]);
});

test("blocks that wait on their way are followed by larger ones that come as much later", () => {
  const { arrive, settle, clock, sizes } = openProposer();
  arrive();
  clock.advance(80);
  settle();
  arrive();
  clock.advance(80 + 8 * 16);
  settle();
  arrive();
  arrive();
  // An eighth of the newest sample counts: what is usual is 16 ms above the shortest now.
  clock.advance(16 + 80 * pipelineSpacingShare - 1);
  assert.deepEqual(sizes(), [1, 1, 1]);
  clock.advance(1);
  assert.deepEqual(sizes(), [1, 1, 1, 1]);
});

test("blocks that wait long on their way do not make the next ones larger and larger", () => {
  const { arrive, settle, clock, sizes } = openProposer();
  arrive();
  clock.advance(80);
  settle();
  arrive();
  clock.advance(80 + 8 * 10 * pipelineWaitMsMax);
  settle();
  arrive();
  arrive();
  clock.advance(pipelineWaitMsMax + 80 * pipelineSpacingShare - 1);
  assert.deepEqual(sizes(), [1, 1, 1]);
  clock.advance(1);
  assert.deepEqual(sizes(), [1, 1, 1, 1]);
});

test("blocks follow each other no faster than the least spacing, however quick finality is", () => {
  const { arrive, clock, sizes } = openProposer();
  arrive();
  arrive();
  clock.advance(pipelineSpacingMs - 1);
  assert.deepEqual(sizes(), [1]);
  clock.advance(1);
  assert.deepEqual(sizes(), [1, 1]);
});

test("when as much waits as a block holds another one leaves at once", () => {
  const { arrive, clock, settle, sizes } = openProposer();
  const rate = 1_000;
  arrive(10 * rate);
  clock.advance(10);
  settle();
  const blockBytes = rate * (10 + flightQueueMsMin) * flightBlockShare;
  arrive();
  arrive(blockBytes / 2);
  assert.deepEqual(sizes(), [1, 1]);
  arrive(blockBytes / 2);
  assert.deepEqual(sizes(), [1, 1, 2]);
});

test("a leader that does not know what gets through begins with little, and gives twice as much when it did", () => {
  const { arrive, clock, pool, settle, sizes } = openProposer();
  const blockBytes = flightBytesMin * flightBlockShare;
  for (let i = 0; i < 6; i++) arrive(blockBytes);
  clock.advance(1_000);
  assert.deepEqual(sizes(), [1, 1, 1, 1]);
  assert.equal(pool.queuedBytes, 2 * blockBytes);
  settle();
  assert.deepEqual(sizes(), [1, 1, 1, 1, 2]);
});

test("one transaction always goes, whatever its size", () => {
  const { arrive, sizes } = openProposer();
  for (let i = 0; i < 3; i++) arrive(10 * flightBytesMin);
  assert.deepEqual(sizes(), [1]);
});

test("in flight is what becomes final in twice the shortest finality, and no more", () => {
  const { arrive, clock, settle, proposed } = openProposer();
  const leastMs = 200;
  arrive(160 * leastMs);
  clock.advance(leastMs);
  settle();
  const bytesMax = 160 * 2 * leastMs;
  for (let i = 0; i < 200; i++) arrive(500);
  clock.advance(leastMs * 8);
  const sizes = proposed.slice(1).map(({ transactions }) => 500 * transactions.length);
  assert.ok(sizes.every((bytes) => bytes <= bytesMax * flightBlockShare));
  const bytes = sizes.reduce((sum, each) => sum + each, 0);
  assert.ok(bytes > bytesMax * (1 - flightRoomShare) - 500 && bytes <= bytesMax, `${bytes}`);
});

test("what was refused is not in flight", () => {
  const { proposer, arrive, clock, facts, sizes } = openProposer();
  arrive();
  facts.full = true;
  arrive(flightBytesMin);
  clock.advance(pipelineSpacingMs);
  facts.full = false;
  proposer.onChange();
  clock.advance(pipelineSpacingMs);
  proposer.run();
  assert.deepEqual(sizes(), [1, 1]);
});

test("what the core refuses is offered again after something happened, and not before", () => {
  const { proposer, arrive, facts, pool, sizes } = openProposer();
  facts.full = true;
  arrive();
  assert.equal(pool.queuedBytes, 100);
  facts.full = false;
  proposer.run();
  assert.deepEqual(sizes(), []);
  proposer.onChange();
  proposer.run();
  assert.deepEqual(sizes(), [1]);
});

test("whoever does not lead proposes nothing", () => {
  const { arrive, facts, sizes } = openProposer();
  facts.role = "follower";
  arrive();
  assert.deepEqual(sizes(), []);
});

test("a change of producers needs no transaction, and waits until nothing is in flight", () => {
  const { proposer, arrive, settle, facts, proposed } = openProposer();
  arrive();
  facts.wanted = { algorithm: "cft", producers: [] };
  proposer.run();
  assert.equal(proposed.length, 1);
  settle();
  assert.equal(proposed.length, 2);
  assert.deepEqual(proposed[1]?.newConsensus, facts.wanted);
});

test("a sender that has to rest holds up nobody, and goes on when it has rested", () => {
  const { arrive, clock, proposed, settle, sizes, work } = openProposer();
  const [heavy, light] = [testAction("heavy"), testAction("light")];
  work.executed([{ first: light, fuel: 1 }], 0, 0);
  work.executed([{ first: heavy, fuel: 500_000_000 }], 50, 0);
  arrive(100, "heavy");
  arrive(100, "heavy");
  assert.deepEqual(sizes(), []);
  arrive(100, "light");
  assert.deepEqual(sizes(), [1]);
  settle();
  clock.advance(50 * restPerWork);
  // One at a time, however many wait.
  assert.deepEqual(sizes(), [1, 1]);
  assert.equal(proposed.length, 2);
});

test("bytes of senders that have to wait do not make blocks come quicker", () => {
  const { arrive, clock, settle, sizes, work } = openProposer();
  const [heavy, light] = [testAction("heavy"), testAction("light")];
  work.executed([{ first: light, fuel: 1 }], 0, 0);
  work.executed([{ first: heavy, fuel: 500_000_000 }], 50, 0);
  arrive(flightBytesMin, "heavy");
  arrive(100);
  arrive(100);
  arrive(100);
  assert.deepEqual(sizes(), [1]);
  clock.advance(pipelineSpacingMs);
  assert.deepEqual(sizes(), [1, 2]);
  settle();
});

test("a leader that has executed less than the block before says names what that block names", () => {
  const { arrive, facts, proposed, settle } = openProposer();
  arrive();
  settle();
  const further = { executedNum: 9, stateRoot: "later", eventRoot: "later events" };
  facts.headBlock = { header: further };
  arrive();
  facts.headBlock = { header: { ...further, executedNum: 1 } };
  settle();
  arrive();
  assert.deepEqual(
    proposed.map(({ executed }) => [executed.num, executed.stateRoot, executed.eventRoot]),
    [
      [1, "root", "events"],
      [9, "later", "later events"],
      [3, "root", "events"],
    ],
  );
});

function blockAfter(executedNum: number, transactions: number) {
  return {
    header: { executedNum, stateRoot: "root", eventRoot: "events" },
    transactions: Array.from({ length: transactions }, () => new Uint8Array(1)),
  };
}

test("a header that somebody wants is made once for each block that has something in it", () => {
  const { proposer, facts, proposed, sizes, clock } = openProposer();
  // Block 5 has a transaction, and no header says yet what is true after it.
  Object.assign(facts, { head: 5, commitNum: 5, headBlock: blockAfter(4, 1) });
  proposer.run();
  assert.deepEqual(sizes(), []);
  proposer.wantHeader(5);
  assert.deepEqual(sizes(), [0]);
  assert.equal(proposed[0]?.executed.num, 5);
  proposer.wantHeader(5);
  assert.deepEqual(sizes(), [0]);
  // The empty block says so; whoever wants it for that one too has to wait for something new.
  Object.assign(facts, { head: 6, commitNum: 6, headBlock: blockAfter(5, 0) });
  proposer.run();
  proposer.wantHeader(6);
  proposer.wantHeader(99);
  assert.deepEqual(sizes(), [0]);
  // Somebody may have started since, and know nothing of the state before.
  clock.advance(headerAgainMs);
  proposer.wantHeader(6);
  assert.deepEqual(sizes(), [0, 0]);
});

test("a header that somebody wants waits for blocks in flight, and nobody but the leader makes it", () => {
  const { proposer, facts, sizes } = openProposer();
  const headBlock = blockAfter(3, 1);
  Object.assign(facts, { head: 5, commitNum: 4, headBlock });
  proposer.wantHeader(4);
  assert.deepEqual(sizes(), []);
  Object.assign(facts, { commitNum: 5, role: "follower" });
  proposer.run();
  assert.deepEqual(sizes(), []);
  facts.role = "leader";
  proposer.run();
  assert.deepEqual(sizes(), [0]);
});
