import assert from "node:assert/strict";
import { test } from "node:test";

import { decodeBase64Url, encodeBase64Url } from "@kith/protocol/base64";
import { ed25519PublicKey, signEd25519, verifyEd25519 } from "@kith/protocol/ed25519";
import { blockIdOf } from "@kith/protocol/ids";
import { ed25519Spki } from "@kith/protocol/keys";
import {
  decodeLoginToken,
  encodeLoginToken,
  loginTokenMessage,
  type LoginToken,
} from "@kith/protocol/login-token";
import { accountNameConstant } from "@kith/protocol/names";
import * as fc from "fast-check";

import { mutated } from "./mutation.ts";
import { check, seed } from "./seed.ts";

const secret = new Uint8Array(32).fill(9);
const publicKey = ed25519PublicKey(secret);

const names = fc.constantFrom("alice", "board", "a", "abcdefghij").map(accountNameConstant);
const times = fc.nat({ max: 2 ** 40 });
const tokens: fc.Arbitrary<LoginToken> = fc.record({
  subject: names,
  audience: names,
  chain: fc.constantFrom("00", "ab", "ff").map((byte) => blockIdOf(byte.repeat(32))),
  issuedAt: times,
  expiresAt: times,
  publicKey: fc.constant(ed25519Spki(publicKey)),
});
const texts = tokens.map((token) => {
  const message = loginTokenMessage(token);
  return encodeLoginToken({ message, signature: signEd25519(message, secret) });
});

test(`a token means what it was made of, seed ${seed}`, () => {
  check(500, tokens, (token) => {
    const message = loginTokenMessage(token);
    const text = encodeLoginToken({ message, signature: new Uint8Array(64) });
    const decoded = decodeLoginToken(text);
    assert.ok(decoded.ok);
    assert.deepEqual(decoded.value.token, { ...token });
  });
});

const packed = texts.map((text) => decodeBase64Url(text) ?? new Uint8Array());

test(`a token of which one byte is another one is none, or is not signed, seed ${seed}`, () => {
  let read = 0;
  const fraction = fc.noBias(fc.nat({ max: 9_999 })).map((part) => part / 10_000);
  check(1000, fc.tuple(packed, fraction, fc.integer({ min: 1, max: 255 })), ([whole, at, bits]) => {
    const damaged = whole.slice();
    const index = Math.floor(at * damaged.length);
    damaged[index] = (damaged[index] ?? 0) ^ bits;
    const decoded = decodeLoginToken(encodeBase64Url(damaged));
    if (!decoded.ok) return;
    read++;
    const { message, signature } = decoded.value;
    assert.equal(verifyEd25519(message, publicKey, signature), false);
  });
  assert.ok(read > 250, `${read} were read`);
});

const unsigned = tokens.map((token) => {
  const message = loginTokenMessage(token);
  const text = encodeLoginToken({ message, signature: new Uint8Array(64) });
  return decodeBase64Url(text) ?? new Uint8Array();
});

test(`whatever is taken for a token has one spelling, seed ${seed}`, () => {
  check(2000, fc.oneof(unsigned, mutated(unsigned)), (bytes) => {
    const text = encodeBase64Url(bytes);
    const decoded = decodeLoginToken(text);
    if (!decoded.ok) return;
    const { token, message, signature } = decoded.value;
    assert.equal(encodeLoginToken({ message, signature }), text);
    assert.deepEqual(loginTokenMessage(token), message, "another message for the same token");
  });
});

test(`text that nobody made into a token never becomes one, seed ${seed}`, () => {
  check(5000, fc.oneof(fc.string(), fc.base64String()), (text) => {
    const decoded = decodeLoginToken(text);
    assert.ok(!decoded.ok && decoded.error.code === "login-token-malformed");
  });
});
