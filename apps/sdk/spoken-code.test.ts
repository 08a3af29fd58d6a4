import assert from "node:assert/strict";
import { test } from "node:test";

import { grouped, heard, speak } from "./spoken-code.ts";

test("five bits are one character, the first ones first", () => {
  assert.equal(speak(Uint8Array.of(0, 0, 0, 0, 0)), "00000000");
  assert.equal(speak(Uint8Array.of(255, 255, 255, 255, 255)), "ZZZZZZZZ");
  // 00001 00010 00011 00100 00101 00110 00111 01000
  assert.equal(speak(Uint8Array.of(0x08, 0x86, 0x42, 0x98, 0xe8)), "12345678");
});

test("bits that fill no character are left out", () => {
  assert.equal(speak(Uint8Array.of(0x08)), "1");
});

test("a code is shown in groups, the last one as long as it is", () => {
  assert.equal(grouped("12345678", 4), "1234-5678");
  assert.equal(grouped("1234567", 5), "12345-67");
  assert.equal(grouped("", 5), "");
});

test("what was typed is heard however it is written, and letters that look like digits are digits", () => {
  assert.equal(heard(" 1a2b-oOlL iI "), "1A2B001111");
});
