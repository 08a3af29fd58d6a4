import assert from "node:assert/strict";
import { test } from "node:test";

import { ed25519PublicKey, signEd25519, verifyEd25519 } from "@kith/protocol/ed25519";
import { blockIdOf } from "@kith/protocol/ids";
import { ed25519Spki } from "@kith/protocol/keys";
import { loginTokenSecondsMax } from "@kith/protocol/limits";
import { checkLoginToken, decodeLoginToken } from "@kith/protocol/login-token";
import { accountNameConstant } from "@kith/protocol/names";

import { makeLoginToken } from "./login-token.ts";

const secret = new Uint8Array(32).fill(3);
const publicKey = ed25519PublicKey(secret);
const signer = {
  publicKey: ed25519Spki(publicKey),
  sign: (message: Uint8Array) => Promise.resolve(signEd25519(message, secret)),
};
const draft = {
  subject: accountNameConstant("alice"),
  audience: accountNameConstant("board"),
  chain: blockIdOf("ab".repeat(32)),
  nowMs: 1_800_000_000_123.7,
};

test("a token that was made is good where and when it was made for", async () => {
  const { text, expiresAtMs } = await makeLoginToken(draft, signer);
  const decoded = decodeLoginToken(text);
  assert.ok(decoded.ok);
  const { token, message, signature } = decoded.value;
  assert.ok(verifyEd25519(message, publicKey, signature));
  assert.equal(token.subject, "alice");
  const place = { ...draft, nowMicros: draft.nowMs * 1000 };
  assert.equal(checkLoginToken(token, place), undefined);
  assert.equal(token.expiresAt, expiresAtMs * 1000);
  assert.equal(expiresAtMs, Math.floor(draft.nowMs) + loginTokenSecondsMax * 1000);
});

test("a token may live for less, and never for longer", async () => {
  const short = await makeLoginToken({ ...draft, seconds: 30 }, signer);
  assert.equal(short.expiresAtMs, Math.floor(draft.nowMs) + 30_000);
  const long = await makeLoginToken({ ...draft, seconds: 86_400 }, signer);
  assert.equal(long.expiresAtMs, Math.floor(draft.nowMs) + loginTokenSecondsMax * 1000);
});
