import assert from "node:assert/strict";
import { test } from "node:test";

import { dismissalsMax, dismissalsMs, refusalMs } from "./limits.ts";
import { PromptThrottle } from "./prompt-throttle.ts";

function throttle() {
  const kept = new Map<string, string>();
  const storage = {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
    removeItem: (key: string) => void kept.delete(key),
  };
  const clock = { nowMs: 1_000_000 };
  const open = (): PromptThrottle => new PromptThrottle(storage, () => clock.nowMs);
  return { clock, open, kept };
}

test("an app that was turned away often in a short time is not heard for a while, on no page", () => {
  const { clock, open } = throttle();
  for (let count = 0; count < dismissalsMax; count++) {
    assert.equal(open().mayAsk("flood"), true, `after ${count}`);
    open().dismissed("flood");
    clock.nowMs += 1000;
  }
  assert.equal(open().mayAsk("flood"), false);
  assert.equal(open().mayAsk("board"), true);
  clock.nowMs += refusalMs;
  assert.equal(open().mayAsk("flood"), true);
  open().dismissed("flood");
  assert.equal(open().mayAsk("flood"), true, "the others are long ago");
});

test("whoever is answered now and then may go on asking", () => {
  const { clock, open } = throttle();
  for (let count = 0; count < 4 * dismissalsMax; count++) {
    if (count % dismissalsMax === dismissalsMax - 1) open().answered("board");
    else open().dismissed("board");
    assert.equal(open().mayAsk("board"), true);
    clock.nowMs += 1000;
  }
  for (let count = 0; count < 4 * dismissalsMax; count++) {
    open().dismissed("slow");
    assert.equal(open().mayAsk("slow"), true);
    clock.nowMs += dismissalsMs;
  }
});

test("what else is written there is passed over", () => {
  const { clock, open, kept } = throttle();
  for (const text of [
    "{",
    "7",
    '["a"]',
    `[${clock.nowMs + 1},${clock.nowMs + 1},${clock.nowMs + 1}]`,
  ]) {
    kept.set("kith dismissals board", text);
    assert.equal(open().mayAsk("board"), true, text);
  }
});
