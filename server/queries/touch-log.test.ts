import assert from "node:assert/strict";
import { test } from "node:test";

import type { ChangedRow } from "@kith/chain/ports";
import { blockNumOf } from "@kith/protocol/ids";
import { accountNameConstant } from "@kith/protocol/names";

import { touchedRowsMax, touchedSpacesMax, untoldBlocksMax, untoldRowsMax } from "./limits.ts";
import type { Read, RecordedAnswer } from "./query-outcome.ts";
import { TouchLog } from "./touch-log.ts";

const service = accountNameConstant("app");
const seed = Number(process.env["KITH_SEED"] ?? Math.floor(Math.random() * 2 ** 31));

function row(space: number, key: number): ChangedRow {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, key);
  return { address: { service, space, key: bytes }, row: undefined };
}

function readOf(space: number, key: number): Read {
  return row(space, key).address;
}

function answered(num: number, reads: readonly Read[], usesContext = false): RecordedAnswer {
  return { num: blockNumOf(num), usesContext, isFailure: false, reads };
}

function block(num: number, changes: readonly ChangedRow[]) {
  return { num, changes: () => changes, changedRows: changes.length };
}

test("an answer holds until a block touches a row, a space or a service that it was made from", () => {
  const log = new TouchLog();
  log.add(block(10, []));
  const one = answered(10, [readOf(0, 1)]);
  const all = answered(10, [{ service, space: 0 }]);
  const sql = answered(10, [{ service }]);
  const other = answered(10, [readOf(16, 1), { service: accountNameConstant("other") }]);
  const context = answered(10, [], true);
  const current = (num: number): readonly boolean[] =>
    [one, all, sql, other, context].map((each) => log.isCurrent(each, num));
  assert.deepEqual(current(10), [true, true, true, true, true]);
  log.add(block(11, [row(0, 2)]));
  assert.deepEqual(current(11), [true, false, false, true, false]);
  log.add(block(12, [row(0, 1)]));
  assert.deepEqual(current(12), [false, false, false, true, false]);
  assert.equal(log.isCurrent(answered(12, [readOf(0, 1)]), 12), true);
});

test("what is not known to hold does not: before the first block, behind a gap, at another height", () => {
  const log = new TouchLog();
  const old = answered(9, [readOf(0, 1)]);
  assert.equal(log.isCurrent(old, 9), true, "the state is still the same");
  assert.equal(log.isCurrent(old, 10), false);
  log.add(block(10, []));
  assert.equal(log.isCurrent(old, 10), false, "nothing was known of block 10's neighbours");
  const known = answered(10, [readOf(0, 1)]);
  log.add(block(11, []));
  assert.equal(log.isCurrent(known, 11), true);
  assert.equal(log.isCurrent(known, 50), false, "a snapshot has taken the state somewhere else");
  log.add(block(51, []));
  assert.equal(log.isCurrent(known, 51), false);
});

test("blocks that nobody asks about are not kept for ever", () => {
  const log = new TouchLog();
  log.add(block(1, []));
  const answer = answered(1, [readOf(0, 1)]);
  let looked = 0;
  for (let num = 2; num <= untoldBlocksMax + 10; num++) {
    log.add({
      num,
      changes: () => {
        looked++;
        return [];
      },
      changedRows: 0,
    });
  }
  assert.equal(log.isCurrent(answer, untoldBlocksMax + 10), false);
  assert.ok(looked < 10, `${looked} blocks were looked at`);
  log.add(block(1_000, []));
  const other = answered(1_000, [readOf(0, 1)]);
  const large = Array.from({ length: untoldRowsMax / 2 + 1 }, (_, at) => row(0, at + 2));
  log.add(block(1_001, large));
  assert.equal(log.isCurrent(other, 1_001), true);
  for (const num of [1_002, 1_003]) log.add(block(num, large));
  assert.equal(log.isCurrent(other, 1_003), false, "so many rows are not kept for later");
});

test("however much is touched, what is remembered stays bounded and never says too much", (context) => {
  context.diagnostic(`KITH_SEED=${seed}`);
  let dice = seed;
  const roll = (sides: number): number => {
    dice = (Math.imul(dice, 1_103_515_245) + 12_345) >>> 0;
    return Math.floor((dice / 2 ** 32) * sides);
  };
  const log = new TouchLog();
  const touched = new Map<string, number>();
  log.add(block(1, []));
  let kept = 0;
  for (let num = 2; num <= 120; num++) {
    const changes = Array.from({ length: roll(2_000) }, () => row(roll(3) * 16, roll(100_000)));
    for (const { address } of changes) touched.set(`${address.space}/${address.key.join()}`, num);
    log.add(block(num, changes));
    for (let at = 0; at < 50; at++) {
      const read = readOf(roll(3) * 16, roll(100_000));
      const since = Math.max(1, num - roll(40));
      const isCurrent = log.isCurrent(answered(since, [read]), num);
      const last = touched.get(`${read.space}/${read.key?.join()}`) ?? 0;
      if (isCurrent) assert.ok(last <= since, `touched at ${last}, kept from ${since} at ${num}`);
      if (isCurrent && since < num) kept++;
    }
  }
  assert.ok(kept > 100, `${kept} answers were kept`);
  assert.ok(touched.size > touchedRowsMax);
});

test("a network of very many tables makes the log forget, not grow", () => {
  const log = new TouchLog();
  log.add(block(1, []));
  const answer = answered(1, [readOf(0, 1)]);
  const many = Array.from({ length: touchedSpacesMax + 1 }, (_, at) => row(16 + at, 0));
  log.add(block(2, many));
  log.isCurrent(answer, 2);
  log.add(block(3, []));
  assert.equal(log.isCurrent(answer, 3), false);
  assert.equal(log.isCurrent(answered(2, [readOf(0, 1)]), 3), true);
});
