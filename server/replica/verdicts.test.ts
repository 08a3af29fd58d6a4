import assert from "node:assert/strict";
import { test } from "node:test";

import { blockIdOf, transactionIdOf } from "@kith/protocol/ids";

import { verdictsMax } from "./limits.ts";
import type { SignatureCheck } from "./ports.ts";
import { Verdicts } from "./verdicts.ts";

const idOf = (number: number) => transactionIdOf(number.toString(16).padStart(64, "0"));
const [block, otherBlock] = [blockIdOf("aa".repeat(32)), blockIdOf("bb".repeat(32))];
const checks: readonly SignatureCheck[] = [];

/** A verifier that answers when the test says so. */
function openVerdicts() {
  const open: ((valid: boolean) => void)[] = [];
  const verdicts = new Verdicts({ verify: (_, done) => open.push(done) });
  const told: boolean[] = [];
  const check = (number: number, refBlockId = block): void =>
    verdicts.check(idOf(number), { refBlockId, checks }, (valid) => told.push(valid));
  return { verdicts, open, told, check };
}

test("whoever asks while a check is under way is told with the first, and it is made once", () => {
  const { open, told, check, verdicts } = openVerdicts();
  check(1);
  check(1);
  assert.equal(open.length, 1);
  assert.equal(verdicts.known(idOf(1), block), undefined);
  open[0]?.(true);
  assert.deepEqual(told, [true, true]);
  assert.equal(verdicts.known(idOf(1), block), true);
});

test("a verdict is remembered, a refusal as well", () => {
  const { open, told, check, verdicts } = openVerdicts();
  check(1);
  open[0]?.(false);
  check(1);
  assert.deepEqual(told, [false, false]);
  assert.equal(open.length, 1);
  assert.equal(verdicts.known(idOf(1), block), false);
});

test("another reference block is another question, because the signature covers it", () => {
  const { open, check, verdicts } = openVerdicts();
  check(1);
  check(1, otherBlock);
  assert.equal(open.length, 2);
  open[0]?.(true);
  open[1]?.(false);
  assert.equal(verdicts.known(idOf(1), block), true);
  assert.equal(verdicts.known(idOf(1), otherBlock), false);
});

test("what is forgotten is checked again", () => {
  const { open, check, verdicts } = openVerdicts();
  check(1);
  open[0]?.(true);
  verdicts.forget(idOf(1), block);
  assert.equal(verdicts.known(idOf(1), block), undefined);
  check(1);
  assert.equal(open.length, 2);
});

test("a verifier that answers at once is told of at once", () => {
  const verdicts = new Verdicts({ verify: (_, done) => done(true) });
  const told: boolean[] = [];
  verdicts.check(idOf(1), { refBlockId: block, checks }, (valid) => told.push(valid));
  assert.deepEqual(told, [true]);
});

test("beyond the limit the oldest verdicts go; a check under way stays", () => {
  const { open, told, check, verdicts } = openVerdicts();
  check(0);
  for (let number = 1; number <= verdictsMax + 1; number++) {
    check(number);
    open.at(-1)?.(true);
  }
  assert.equal(verdicts.known(idOf(1), block), undefined);
  assert.equal(verdicts.known(idOf(3), block), true);
  assert.equal(verdicts.known(idOf(verdictsMax + 1), block), true);
  const before = told.length;
  check(0);
  open[0]?.(true);
  assert.equal(told.length, before + 2);
});
