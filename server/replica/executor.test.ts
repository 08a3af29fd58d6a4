import assert from "node:assert/strict";
import { test } from "node:test";

import type { Chain } from "@kith/chain/chain";
import type { SealedBlock } from "@kith/protocol/block";
import { blockIdOf, blockNumOf, transactionIdOf, type BlockNum } from "@kith/protocol/ids";
import { err, ok } from "@kith/protocol/result";
import type { PreparedTransaction } from "@kith/protocol/transactions";

import { Executor } from "./executor.ts";
import { executeSliceMs } from "./limits.ts";
import { testBlocks, TestClock } from "./test-support.ts";
import { Verdicts } from "./verdicts.ts";

const refBlockId = blockIdOf("aa".repeat(32));

type Executed = {
  readonly num: number;
  readonly transactions: readonly (string | undefined)[];
  readonly verdicts: readonly boolean[];
};

type Options = {
  readonly blocks?: SealedBlock[];
  readonly applied?: number;
  /** Verdicts come when the test says so. */
  readonly holdVerdicts?: boolean;
  /** Whoever is told of a block calls the executor again. */
  readonly comesBack?: boolean;
};

/** Two transactions a block that are remembered as prepared: their ids say block and place. */
function transactionsOf(num: number): Uint8Array[] {
  return [Uint8Array.of(num, 0), Uint8Array.of(num, 1)];
}

function openExecutor(options: Options = {}) {
  const blocks = options.blocks ?? testBlocks({ count: 8, transactions: transactionsOf });
  const clock = new TestClock();
  const executed: Executed[] = [];
  const open: ((valid: boolean) => void)[] = [];
  const facts = {
    applied: options.applied ?? 0,
    missing: new Set<number>(),
    withoutReference: new Set<string>(),
    costMs: 0,
    verified: 0,
  };
  const chain = {
    applied: () => (facts.applied === 0 ? undefined : { num: facts.applied }),
    signatureChecks(prepared: PreparedTransaction) {
      if (facts.withoutReference.has(prepared.id)) return err({ code: "reference-block-unknown" });
      return ok({ refBlockId, checks: [] });
    },
    applyBlock(
      block: SealedBlock,
      transactions: readonly (PreparedTransaction | undefined)[],
      verdicts: readonly boolean[],
    ) {
      const num = block.header.blockNum;
      assert.equal(num, facts.applied + 1, "blocks are executed in order, each once");
      facts.applied = num;
      const ids = transactions.map((each) => each?.id);
      executed.push({ num, transactions: ids, verdicts });
      clock.advance(facts.costMs);
      return { applied: { num } };
    },
  };
  const verdicts = new Verdicts({
    verify(_, done) {
      facts.verified++;
      if (options.holdVerdicts === true) open.push(done);
      else done(true);
    },
  });
  const told: number[] = [];
  const executor = new Executor({
    chain: chain as unknown as Chain,
    verdicts,
    clock,
    finalBlock: (num) => (facts.missing.has(num) ? undefined : blocks[num - 1]),
    onExecuted: ({ block }) => {
      told.push(block.header.blockNum);
      if (options.comesBack === true) executor.run();
    },
  });
  for (const block of blocks) {
    for (const [at, bytes] of block.transactions.entries()) {
      const id = idOf(block.header.blockNum, at);
      executor.remember(bytes, { id, bytes } as unknown as PreparedTransaction);
    }
  }
  const nums = (): number[] => executed.map(({ num }) => num);
  return { executor, blocks, clock, executed, open, facts, told, nums, verdicts };
}

const idOf = (num: number, at: number) => transactionIdOf(`${num}${at}`.padStart(64, "0"));
const final = (num: number): BlockNum => blockNumOf(num);

test("final blocks are executed in order, and no others", () => {
  const { executor, nums, told } = openExecutor();
  executor.advance(final(3));
  assert.deepEqual(nums(), [1, 2, 3]);
  executor.advance(final(5));
  assert.deepEqual(nums(), [1, 2, 3, 4, 5]);
  assert.deepEqual(told, [1, 2, 3, 4, 5]);
});

test("a node that has executed some goes on behind them", () => {
  const { executor, nums } = openExecutor({ applied: 4 });
  executor.advance(final(4));
  assert.deepEqual(nums(), []);
  executor.advance(final(6));
  assert.deepEqual(nums(), [5, 6]);
});

test("what is final stays final: a smaller height changes nothing", () => {
  const { executor, nums, facts } = openExecutor();
  facts.missing.add(3);
  executor.advance(final(4));
  executor.advance(final(2));
  facts.missing.clear();
  executor.run();
  assert.deepEqual(nums(), [1, 2, 3, 4]);
});

test("a block waits until all its proofs are judged, and the blocks behind it wait for it", () => {
  const { executor, open, executed, nums } = openExecutor({ holdVerdicts: true });
  executor.advance(final(2));
  assert.equal(open.length, 2);
  open[1]?.(false);
  assert.deepEqual(nums(), []);
  open[0]?.(true);
  assert.deepEqual(executed, [
    { num: 1, transactions: [idOf(1, 0), idOf(1, 1)], verdicts: [true, false] },
  ]);
  assert.equal(open.length, 4, "now the next block is judged");
  open[2]?.(true);
  open[3]?.(true);
  assert.deepEqual(nums(), [1, 2]);
});

test("a block that comes before it is final is judged then, so nothing is left to wait for", () => {
  const { executor, blocks, open, facts, executed } = openExecutor({ holdVerdicts: true });
  for (const block of blocks.slice(0, 2)) executor.foresee(block);
  assert.equal(open.length, 4);
  for (const done of open) done(true);
  executor.advance(final(2));
  assert.equal(facts.verified, 4);
  assert.deepEqual(
    executed.map(({ num, verdicts }) => [num, verdicts]),
    [
      [1, [true, true]],
      [2, [true, true]],
    ],
  );
});

test("once a transaction is executed, its verdict is forgotten", () => {
  const { executor, verdicts } = openExecutor();
  executor.advance(final(1));
  assert.equal(verdicts.known(idOf(1, 0), { refBlockId, checks: [] }), undefined);
});

test("bytes that are no transaction stay in their place and prove nothing", () => {
  const { executor, blocks, executed, facts } = openExecutor();
  const [block] = blocks;
  assert.ok(block !== undefined);
  // Not the bytes that were remembered, so they are decoded.
  const [first = new Uint8Array(), second = new Uint8Array()] = block.transactions;
  const unknown = { ...block, transactions: [first.slice(), second] };
  blocks[0] = unknown;
  executor.foresee(unknown);
  executor.advance(final(1));
  assert.deepEqual(executed, [
    { num: 1, transactions: [undefined, idOf(1, 1)], verdicts: [false, true] },
  ]);
  assert.equal(facts.verified, 1);
});

test("a transaction that names no block that this network remembers is executed as unproved", () => {
  const { executor, blocks, facts, executed } = openExecutor();
  facts.withoutReference.add(idOf(1, 0));
  const [first] = blocks;
  assert.ok(first !== undefined);
  executor.foresee(first);
  executor.advance(final(1));
  assert.deepEqual(executed[0]?.verdicts, [false, true]);
});

test("execution stops before a block that is being repaired, and goes on when it is there", () => {
  const { executor, nums, facts } = openExecutor();
  facts.missing.add(3);
  executor.advance(final(5));
  assert.deepEqual(nums(), [1, 2]);
  executor.run();
  assert.deepEqual(nums(), [1, 2]);
  facts.missing.clear();
  executor.run();
  assert.deepEqual(nums(), [1, 2, 3, 4, 5]);
});

test("after a snapshot was installed, execution goes on behind it", () => {
  const { executor, nums, facts } = openExecutor();
  facts.missing.add(1);
  executor.advance(final(2));
  facts.applied = 6;
  executor.advance(final(8));
  assert.deepEqual(nums(), [7, 8]);
});

test("a block that was judged while a snapshot came is not executed on top of it", () => {
  const { executor, facts, nums, open, told } = openExecutor({ holdVerdicts: true });
  executor.advance(final(2));
  assert.equal(open.length, 2, "block 1 is judged");
  facts.applied = 6;
  executor.advance(final(8));
  for (const judged of open.splice(0)) judged(true);
  assert.deepEqual([nums(), told], [[], []]);
  assert.equal(open.length, 2, "now the block behind the snapshot is");
  while (open.length > 0) for (const judged of open.splice(0)) judged(true);
  assert.deepEqual(
    [nums(), told],
    [
      [7, 8],
      [7, 8],
    ],
  );
});

test("many blocks are executed by slices, and others get their turn in between", () => {
  const { executor, clock, nums, facts } = openExecutor();
  facts.costMs = executeSliceMs;
  executor.advance(final(8));
  const first = nums().length;
  assert.ok(first < 8, "not all at once");
  executor.advance(final(8));
  assert.equal(nums().length, first, "whoever asks in between does not cut the pause short");
  clock.advance(0);
  assert.ok(nums().length > first);
  for (let turn = 0; turn < 8; turn++) clock.advance(0);
  assert.deepEqual(nums(), [1, 2, 3, 4, 5, 6, 7, 8]);
  assert.equal(clock.waiting, 0);
});

test("whoever is told of a block may call back: blocks come in order, once, and not one inside the other", () => {
  const blocks = testBlocks({ count: 30_000, transactions: () => [] });
  const { executor, nums, told, clock } = openExecutor({ blocks, comesBack: true });
  executor.advance(final(30_000));
  clock.advance(1);
  assert.equal(told.length, 30_000);
  assert.deepEqual(nums(), told);
});
