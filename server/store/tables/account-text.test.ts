import assert from "node:assert/strict";
import { test } from "node:test";

import { accountNumber, parseAccountName } from "@kith/protocol/names";
import { nextBelow, seedRandom } from "@kith/protocol/random";

import { accountNumberOf, accountTextOf } from "./account-text.ts";

const seed = Number(process.env["KITH_TEST_SEED"] ?? Date.now() % 1_000_000);

function textOf(number: bigint): string {
  return accountTextOf(Number(number & 0xffff_ffffn), Number(number >> 32n));
}

function numberOf(text: string): bigint {
  const { low, high } = accountNumberOf(text);
  return (BigInt(high) << 32n) | BigInt(low);
}

test(`every number of 64 bits has a text of its own, in the order of the numbers (seed ${seed})`, () => {
  const random = seedRandom(seed);
  const word = (): bigint => BigInt(nextBelow(random, 2 ** 32));
  const numbers = new Set<bigint>([0n, 1n, 255n, 256n, 257n, 511n, 2n ** 64n - 1n, 2n ** 63n]);
  for (const name of ["a", "a-0", "a0", "alice", "alice-b", "alicea", "z", "zzzzzzzzzz", "0"]) {
    const parsed = parseAccountName(name);
    assert.ok(parsed.ok);
    const number = accountNumber(parsed.value);
    for (const near of [-256n, -1n, 0n, 1n, 7n, 42n, 255n, 256n]) {
      if (number + near >= 0n) numbers.add(number + near);
    }
  }
  for (let count = 0; count < 3000; count += 1) {
    const number = (word() << 32n) | word();
    numbers.add(number >> BigInt(nextBelow(random, 64)));
  }
  const inOrder = [...numbers].toSorted((a, b) => (a < b ? -1 : 1));
  const texts = inOrder.map(textOf);
  assert.deepEqual(texts.toSorted(), texts, "SQLite compares the same bytes");
  assert.equal(new Set(texts).size, texts.length);
  assert.deepEqual(texts.map(numberOf), inOrder);
});

test("accounts are their names, and what is no name says so", () => {
  const alice = parseAccountName("alice");
  assert.ok(alice.ok);
  const number = accountNumber(alice.value);
  assert.equal(textOf(number), "alice");
  assert.equal(textOf(number + 7n), "alice+007");
  assert.equal(textOf(0n), "");
  assert.equal(textOf(2n ** 64n - 1n), "~ffffffffffffffff");
});
