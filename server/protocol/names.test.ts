import assert from "node:assert/strict";
import { test } from "node:test";

import {
  accountCodec,
  accountNameConstant,
  accountNameOf,
  accountNumber,
  methodCodec,
  methodNameConstant,
  methodNameOf,
  methodNumber,
  parseAccountName,
  parseMethodName,
  psibaseAccountNumber,
  psibaseAccountText,
  psibaseMethodNumber,
  psibaseMethodText,
} from "./names.ts";
import { nextBelow, seedRandom } from "./random.ts";

const seed = 4_711;

test("names have psibase's numbers", () => {
  assert.equal(accountNumber(accountNameConstant("a")), 331048532879956736n);
  assert.equal(accountNumber(accountNameConstant("spiderman")), 950660654012764416n);
  assert.equal(methodNumber(methodNameConstant("a")), 32783n);
  assert.equal(methodNumber(methodNameConstant("anthonystark")), 50913722085663764n);
});

test("account names keep psibase's rules", () => {
  for (const text of ["a", "0", "a-b", "a1-2-3", "brucewayne", "zzzzzzzzzz"]) {
    assert.ok(parseAccountName(text).ok, text);
  }
  for (const text of ["", "-a", "a-", "a--b", "A", "ä", "a.b", "a+1", "elevenchars", "a b"]) {
    assert.deepEqual(parseAccountName(text), {
      ok: false,
      error: { code: "account-name-invalid", name: text },
    });
  }
});

test("account numbers sort as names do, and every number between two names is a name", () => {
  const random = seedRandom(seed);
  const names: string[] = [];
  while (names.length < 500) {
    const text = Array.from({ length: 1 + nextBelow(random, 10) }, () =>
      "-0123456789abcdefghijklmnopqrstuvwxyz".charAt(nextBelow(random, 37)),
    ).join("");
    if (parseAccountName(text).ok) names.push(text);
  }
  const byText = names.toSorted();
  const byNumber = names.toSorted((a, b) =>
    psibaseAccountNumber(a) < psibaseAccountNumber(b) ? -1 : 1,
  );
  assert.deepEqual(byNumber, byText, `seed ${seed}`);
  for (const name of names) {
    const next = accountNameOf(psibaseAccountNumber(name) + 256n);
    assert.ok(next.ok && next.value > name, `seed ${seed}: ${name}`);
  }
});

test("numbers beyond the last name, of subaccounts, and 0 are no account names", () => {
  const last = psibaseAccountNumber("zzzzzzzzzz");
  assert.ok(accountNameOf(last).ok);
  for (const number of [0n, last + 256n, last + 1n, 2n ** 64n - 1n, 2n ** 64n - 256n]) {
    assert.ok(!accountNameOf(number).ok, String(number));
  }
  assert.equal(psibaseAccountText(psibaseAccountNumber("a+42")), "a+42");
  assert.equal(psibaseAccountNumber("a+256"), 0n);
  assert.equal(psibaseAccountNumber("a+b"), 0n);
});

test("a method's name is compared in the form that its number shows", () => {
  assert.equal(methodNameConstant("setCode"), "setcode");
  assert.equal(methodNameConstant("abc123"), methodNameConstant("ABC123"));
  assert.equal(psibaseMethodNumber("abc123"), 691485674271n);
  assert.equal(methodNameConstant("natasharomanoff"), "#psaoryoiluhlrpyn");
  assert.equal(methodNameConstant("#psaoryoiluhlrpyn"), "#psaoryoiluhlrpyn");
});

test("texts that no method has are refused", () => {
  for (const text of ["", "?", "a b", "a-b", "ä", "#abc", `#${"1".repeat(16)}`, "a".repeat(200)]) {
    assert.ok(!parseMethodName(text).ok, text);
  }
});

test("a method whose letters psibase's compression loses is refused instead of confused with another", () => {
  assert.equal(psibaseMethodText(psibaseMethodNumber("kx")), "kzts");
  assert.deepEqual(parseMethodName("kx"), {
    ok: false,
    error: { code: "method-name-invalid", name: "kx" },
  });
});

/** Its definition, by the number. */
function shownForm(text: string): string | undefined {
  const number = psibaseMethodNumber(text);
  const shown = psibaseMethodText(number);
  if (number === 0n || shown.startsWith("#")) return number === 0n ? undefined : shown;
  const letters = text.toLowerCase().replaceAll("_", "q");
  const spelled = letters.replace(/[0-9]/g, (digit) => "eaiotnrslc".charAt(Number(digit)));
  return shown === spelled ? shown : undefined;
}

test(`a method's form is the one of its number, for short names, long ones and what is none (seed ${seed})`, () => {
  const random = seedRandom(seed);
  const lettersOf = ["eaiotnrslc", "abcdefghijklmnopqrstuvwxyz", "aZ0_9kxqjvzw-"];
  const [refused, hashed] = [new Set<string>(), new Set<string>()];
  for (let round = 0; round < 20_000; round++) {
    const letters = lettersOf[round % lettersOf.length] ?? "";
    const length = 1 + nextBelow(random, 20);
    let text = "";
    for (let i = 0; i < length; i++) text += letters.charAt(nextBelow(random, letters.length));
    const parsed = parseMethodName(text);
    const form = parsed.ok ? parsed.value : undefined;
    assert.equal(form, shownForm(text), `seed ${seed}, round ${round}: ${text}`);
    if (form === undefined) refused.add(text);
    else if (form.startsWith("#")) hashed.add(text);
  }
  assert.ok(refused.size > 1000 && hashed.size > 1000, `${refused.size} and ${hashed.size}`);
});

test("a number that no method has is refused", () => {
  const [known, unknown] = [methodNameOf(32783n), methodNameOf(32782n)];
  assert.deepEqual(known, { ok: true, value: "a" });
  assert.ok(!unknown.ok);
  assert.ok(!methodNameOf(0n).ok);
});

test("packed names are validated", () => {
  const alice = accountNameConstant("alice");
  assert.deepEqual(accountCodec.unpack(accountCodec.pack(alice)), { ok: true, value: alice });
  assert.ok(!accountCodec.unpack(new Uint8Array(8)).ok);
  assert.ok(!accountCodec.unpack(new Uint8Array(8).fill(255)).ok);
  const transfer = methodNameConstant("transfer");
  assert.deepEqual(methodCodec.unpack(methodCodec.pack(transfer)), { ok: true, value: transfer });
  assert.ok(!methodCodec.unpack(new Uint8Array(8)).ok);
});
