import assert from "node:assert/strict";
import { test } from "node:test";

import { blockIdOf, transactionIdOf, type BlockId } from "@kith/protocol/ids";

import { verdictsMax } from "./limits.ts";
import type { SignatureCheck } from "./ports.ts";
import { Verdicts, type Reference } from "./verdicts.ts";

const idOf = (number: number) => transactionIdOf(number.toString(16).padStart(64, "0"));
const [block, otherBlock] = [blockIdOf("aa".repeat(32)), blockIdOf("bb".repeat(32))];
const checks: readonly SignatureCheck[] = [];
const of = (refBlockId: BlockId): Reference => ({ refBlockId, checks });

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
  assert.equal(verdicts.known(idOf(1), of(block)), undefined);
  open[0]?.(true);
  assert.deepEqual(told, [true, true]);
  assert.equal(verdicts.known(idOf(1), of(block)), true);
});

test("a verdict is remembered, a refusal as well", () => {
  const { open, told, check, verdicts } = openVerdicts();
  check(1);
  open[0]?.(false);
  check(1);
  assert.deepEqual(told, [false, false]);
  assert.equal(open.length, 1);
  assert.equal(verdicts.known(idOf(1), of(block)), false);
});

test("another reference block is another question, because the signature covers it", () => {
  const { open, check, verdicts } = openVerdicts();
  check(1);
  check(1, otherBlock);
  assert.equal(open.length, 2);
  open[0]?.(true);
  open[1]?.(false);
  assert.equal(verdicts.known(idOf(1), of(block)), true);
  assert.equal(verdicts.known(idOf(1), of(otherBlock)), false);
});

test("proofs that somebody else has spoilt say nothing about the good ones of the same transaction", () => {
  const { open, verdicts } = openVerdicts();
  const [message, publicKey] = [new Uint8Array(68), new Uint8Array(44)];
  const proof = (value: number): Reference => ({
    refBlockId: block,
    checks: [{ message, publicKey, signature: new Uint8Array(64).fill(value) }],
  });
  const told: (readonly [string, boolean])[] = [];
  verdicts.check(idOf(1), proof(1), (valid) => told.push(["spoilt", valid]));
  verdicts.check(idOf(1), proof(2), (valid) => told.push(["good", valid]));
  open[0]?.(false);
  open[1]?.(true);
  assert.deepEqual(told, [
    ["spoilt", false],
    ["good", true],
  ]);
  assert.equal(verdicts.known(idOf(1), proof(1)), false);
  assert.equal(verdicts.known(idOf(1), proof(2)), true);
});

test("what is forgotten is checked again", () => {
  const { open, check, verdicts } = openVerdicts();
  check(1);
  open[0]?.(true);
  verdicts.forget(idOf(1), of(block));
  assert.equal(verdicts.known(idOf(1), of(block)), undefined);
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
  assert.equal(verdicts.known(idOf(1), of(block)), undefined);
  assert.equal(verdicts.known(idOf(3), of(block)), true);
  assert.equal(verdicts.known(idOf(verdictsMax + 1), of(block)), true);
  const before = told.length;
  check(0);
  open[0]?.(true);
  assert.equal(told.length, before + 2);
});
