import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { test } from "node:test";

import { gcm } from "@noble/ciphers/aes.js";

import { open, seal } from "./aead.ts";
import { CipherState } from "./cipher-state.ts";

const text = (value: string): Uint8Array => new TextEncoder().encode(value);

test("the runtime's AES-GCM and an independent one agree on every size and open each other", () => {
  for (const size of [0, 1, 15, 16, 17, 200, 4096, 65_519]) {
    const [key, nonce, associated] = [randomBytes(32), randomBytes(12), randomBytes(size % 40)];
    const plaintext = new Uint8Array(randomBytes(size));
    const sealed = seal(key, nonce, associated, plaintext);
    assert.deepEqual(sealed, gcm(key, nonce, associated).encrypt(plaintext));
    assert.deepEqual(open(key, nonce, associated, sealed), plaintext);
  }
});

test("what was opened is a plain array, whose slice is a copy", () => {
  const key = randomBytes(32);
  const nonce = new Uint8Array(12);
  const none = new Uint8Array(0);
  const opened = open(key, nonce, none, seal(key, nonce, none, text("abc")));
  assert.ok(opened !== undefined);
  assert.equal(opened.constructor, Uint8Array);
});

test("a repeated, left out, changed or cut frame is not authentic, and the right one still is", () => {
  const key = randomBytes(32);
  const sender = new CipherState(key);
  const receiver = new CipherState(key);
  const [first, second, third] = ["one", "two", "three"].map((word) => sender.encrypt(text(word)));
  assert.ok(first !== undefined && second !== undefined && third !== undefined);
  assert.deepEqual(receiver.decrypt(first), text("one"));
  assert.equal(receiver.decrypt(first), undefined);
  assert.equal(receiver.decrypt(third), undefined);
  for (let size = 0; size < second.length; size++) {
    assert.equal(receiver.decrypt(second.subarray(0, size)), undefined);
  }
  const changed = second.slice();
  changed[0] = (changed[0] ?? 0) ^ 128;
  assert.equal(receiver.decrypt(changed), undefined);
  assert.deepEqual(receiver.decrypt(second), text("two"));
});

test("both ends change the key after the same message, and the old key opens nothing more", () => {
  const key = randomBytes(32);
  const limits = { nonceMax: 100, rekeyAfterMessages: 3 };
  const sender = new CipherState(key, limits);
  const receiver = new CipherState(key, limits);
  const stale = new CipherState(key, { nonceMax: 100, rekeyAfterMessages: 1000 });
  for (let i = 0; i < 10; i++) {
    const sealed = sender.encrypt(text(`message ${i}`));
    assert.equal(stale.decrypt(sealed) !== undefined, i < 3);
    assert.deepEqual(receiver.decrypt(sealed), text(`message ${i}`));
  }
});

test("a direction whose nonces are used up says so, and neither seals nor opens", () => {
  const key = randomBytes(32);
  const limits = { nonceMax: 2, rekeyAfterMessages: 1000 };
  const sender = new CipherState(key, limits);
  const receiver = new CipherState(key, limits);
  for (let i = 0; i < 2; i++) assert.ok(receiver.decrypt(sender.encrypt(text("x"))) !== undefined);
  assert.ok(sender.exhausted && receiver.exhausted);
  assert.throws(() => sender.encrypt(text("x")), RangeError);
  assert.equal(receiver.decrypt(new CipherState(key).encrypt(text("x"))), undefined);
});

test("counters beyond 32 bits give nonces of their own", () => {
  const key = randomBytes(32);
  const wide = { nonceMax: 2 ** 48, rekeyAfterMessages: 2 ** 47 };
  const texts = [5, 2 ** 32 + 5, 2 ** 33 + 5].map((count) =>
    Buffer.from(new CipherState(key, wide, count).encrypt(text("same"))).toString("hex"),
  );
  assert.equal(new Set(texts).size, 3);
});
