import assert from "node:assert/strict";
import { test } from "node:test";

import { formatAmount, parseAmount, type AmountError } from "./amounts.ts";
import { amountMax, precisionMax } from "./limits.ts";

test("an amount is written with all digits that its token has", () => {
  assert.equal(formatAmount(12_345n, 4), "1.2345");
  assert.equal(formatAmount(5n, 4), "0.0005");
  assert.equal(formatAmount(0n, 8), "0.00000000");
  assert.equal(formatAmount(7n, 0), "7");
  assert.equal(formatAmount(amountMax, 8), "184467440737.09551615");
});

test("every amount of every precision comes back out of its text", () => {
  for (let precision = 0; precision <= precisionMax; precision++) {
    for (const amount of [0n, 1n, 9n, 10n, 99_999_999n, 100_000_000n, amountMax - 1n, amountMax]) {
      const text = formatAmount(amount, precision);
      assert.deepEqual(parseAmount(text, precision), { ok: true, value: amount }, text);
    }
  }
});

test("fewer digits are allowed, more are refused unless they are zeros", () => {
  assert.deepEqual(parseAmount("1.5", 4), { ok: true, value: 15_000n });
  assert.deepEqual(parseAmount("1", 4), { ok: true, value: 10_000n });
  assert.deepEqual(parseAmount("1.50000", 4), { ok: true, value: 15_000n });
  assert.equal(codeOf("1.00001", 4), "amount-too-precise");
  assert.equal(codeOf("0.1", 0), "amount-too-precise");
});

test("what is no decimal, and what is more than a u64, is refused", () => {
  for (const text of [
    "",
    ".",
    "1.",
    ".5",
    "-1",
    "+1",
    "1e3",
    "0x10",
    " 1",
    "1,5",
    "1.2.3",
    "\u0661",
  ]) {
    assert.equal(codeOf(text, 4), "amount-malformed", text);
  }
  assert.equal(codeOf((amountMax + 1n).toString(), 0), "amount-too-large");
  assert.equal(codeOf("184467440737.09551616", 8), "amount-too-large");
  assert.equal(codeOf("1".repeat(21), 0), "amount-malformed");
});

function codeOf(text: string, precision: number): AmountError["code"] | undefined {
  const parsed = parseAmount(text, precision);
  return parsed.ok ? undefined : parsed.error.code;
}
