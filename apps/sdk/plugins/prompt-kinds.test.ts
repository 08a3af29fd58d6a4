import assert from "node:assert/strict";
import { test } from "node:test";

import { isPromptKind, parsePromptAnswer, parsePromptDetails } from "./prompt-kinds.ts";

test("what is asked and answered comes out as it went in, without what does not belong to it", () => {
  const details = { act: "remove-device", user: "alice", sentence: "The phone goes." };
  const json = JSON.stringify({ ...details, html: "<b>" });
  assert.deepEqual(parsePromptDetails("confirm", json), details);
  assert.deepEqual(parsePromptAnswer("confirm", '{"answer":"yes","more":1}'), { answer: "yes" });
  const chosen = { answer: "new", name: "bob", device: "Phone", everywhere: false };
  assert.deepEqual(parsePromptAnswer("sign-in", JSON.stringify(chosen)), chosen);
});

test("kinds are those of the list", () => {
  assert.ok(isPromptKind("permission"));
  for (const kind of ["", "alert", "toString", "__proto__", "Permission"]) {
    assert.ok(!isPromptKind(kind), kind);
  }
});

test("details that do not fit are none: types, names, words and lengths", () => {
  const fits = { act: "join-app", sentence: "Come in." };
  assert.ok(parsePromptDetails("confirm", JSON.stringify(fits)) !== undefined);
  const wrong: readonly unknown[] = [
    null,
    [],
    "confirm",
    { sentence: "Come in." },
    { ...fits, act: "rob" },
    { ...fits, sentence: 1 },
    { ...fits, sentence: "a\u202Eb" },
    { ...fits, sentence: "a\u0000b" },
    { ...fits, sentence: "x".repeat(501) },
    { ...fits, user: "No Name" },
  ];
  for (const each of wrong) {
    const json = JSON.stringify(each);
    assert.equal(parsePromptDetails("confirm", json), undefined, json);
  }
  assert.equal(parsePromptDetails("confirm", "{"), undefined);
});

test("answers that do not fit are none, also those that would fit another question", () => {
  const wrong: readonly unknown[] = [
    { answer: "yes" },
    { answer: "new", name: "bob", device: "Phone" },
    { answer: "new", name: "Bob", device: "Phone", everywhere: true },
    { answer: "new", name: "bob", device: "", everywhere: true },
    { answer: "new", name: "bob", device: "x".repeat(41), everywhere: true },
    { answer: "new", name: "bob", device: "Phone", everywhere: "yes" },
    { answer: "link", account: "bob", device: "Phone", helpers: "strangers" },
    { answer: "account" },
  ];
  for (const each of wrong) {
    const json = JSON.stringify(each);
    assert.equal(parsePromptAnswer("sign-in", json), undefined, json);
  }
});

test("lists have an end", () => {
  assert.equal(parsePromptDetails("connect", connectOf(100))?.accounts.length, 100);
  assert.equal(parsePromptDetails("connect", connectOf(101)), undefined);
});

test("what may be left out may be null, as psibase's JSON has it", () => {
  assert.deepEqual(parsePromptDetails("enter-recovery-code", '{"problem":null}'), {});
});

function connectOf(accounts: number): string {
  return JSON.stringify({
    app: "board",
    accounts: Array.from({ length: accounts }, () => "alice"),
  });
}
