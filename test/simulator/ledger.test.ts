import assert from "node:assert/strict";
import { test } from "node:test";

import type { SealedBlock } from "@kith/protocol/block";

import { Ledger } from "./ledger.ts";
import type { Draft, Program } from "./machine.ts";
import { SafetyViolation, type Rule } from "./safety-violation.ts";

/** A block of the ledger is a height, a time and ids. */
function blockOf(num: number, time: number): SealedBlock {
  return { header: { blockNum: num, time } } as unknown as SealedBlock;
}

function draftOf(id: string, change: Partial<Draft> = {}): Draft {
  const bytes = new Uint8Array();
  return { client: 0, id, bytes, isValid: true, expiresMicros: 100, ...change };
}

/** One client, and blocks 2 and 3 that hold a transaction each. */
function openLedger() {
  const blocks = new Map([2, 3].map((num) => [num, blockOf(num, 10 * num)]));
  const ids = new Map([
    [2, ["two"]],
    [3, ["three"]],
  ]);
  const ledger = new Ledger({
    clientCount: 1,
    idsOf: (block) => ids.get(block.header.blockNum) ?? [],
    finalBlock: (num) => blocks.get(num),
  });
  const [two, three] = [draftOf("two"), draftOf("three", { expiresMicros: 25 })];
  for (const draft of [two, three]) ledger.expect(draft);
  for (const block of blocks.values()) ledger.onFinal(block);
  return { ledger, two, three };
}

type State = {
  readonly num?: number;
  readonly ids?: Record<string, number>;
  readonly tally?: number;
};

function programOf({ num = 3, ids = { two: 2, three: 3 }, tally = 2 }: State): Program {
  return {
    boot: () => assert.fail("it has no machine"),
    crash: () => undefined,
    roster: () => undefined,
    executedNum: () => num,
    executedIn: (id) => ids[id],
    tally: () => tally,
  };
}

const final = (blockNum: number) => ({ kind: "final", blockNum, isExecuted: true }) as const;

function breaks(rule: Rule, run: () => void): void {
  assert.throws(run, (thrown) => thrown instanceof SafetyViolation && thrown.rule === rule);
}

function openAcknowledged() {
  const opened = openLedger();
  const { ledger, two, three } = opened;
  ledger.onExecution({ id: "two", blockNum: 2 });
  ledger.onExecution({ id: "three", blockNum: 3 });
  ledger.onAcknowledged(two, final(2));
  ledger.onAcknowledged(three, final(3));
  return opened;
}

test("states that hold what was acknowledged pass, also those that are behind", () => {
  const { ledger } = openAcknowledged();
  ledger.checkAll(0, programOf({}));
  ledger.checkAll(0, programOf({ num: 2, ids: { two: 2 }, tally: 1 }));
  assert.equal(ledger.acknowledgedCount, 2);
});

test("an acknowledged transaction that a state does not have, or has elsewhere, is missed", () => {
  const { ledger } = openAcknowledged();
  breaks("acknowledged stays", () => ledger.checkAll(0, programOf({ ids: { three: 3 } })));
  breaks("acknowledged stays", () => ledger.check(0, programOf({ ids: { two: 3, three: 3 } })));
});

test("what has expired may be forgotten, its effect may not", () => {
  const { ledger } = openAcknowledged();
  ledger.checkAll(0, programOf({ ids: { two: 2 } }));
  breaks("acknowledged stays", () => ledger.checkAll(0, programOf({ ids: { two: 2 }, tally: 1 })));
});

test("a transaction that was counted twice, or executed in two blocks, is seen", () => {
  const { ledger } = openAcknowledged();
  breaks("executed once", () => ledger.checkAll(0, programOf({ tally: 3 })));
  breaks("executed once", () => ledger.onExecution({ id: "two", blockNum: 3 }));
});

test("an acknowledgement of what is not in the block, or was not executed in it, is seen", () => {
  const { ledger, two } = openLedger();
  breaks("acknowledged stays", () => ledger.onAcknowledged(two, final(3)));
  breaks("acknowledged stays", () => ledger.onAcknowledged(two, final(2)));
});

test("a transaction whose proof is wrong may not be executed", () => {
  const { ledger } = openLedger();
  ledger.expect(draftOf("forged", { isValid: false }));
  breaks("only what is proved is executed", () =>
    ledger.onExecution({ id: "forged", blockNum: 3 }),
  );
});

test("a read that misses what was acknowledged before it began is seen", () => {
  const { ledger } = openAcknowledged();
  const floor = ledger.acknowledgedNum;
  ledger.onRead(3, floor);
  breaks("reads are linearizable", () => ledger.onRead(2, floor));
});
