import assert from "node:assert/strict";
import { test } from "node:test";

import { ed25519PublicKey, signEd25519 } from "@kith/protocol/ed25519";
import { spkiOf } from "@kith/protocol/keys";
import { p256PublicKey, signP256 } from "@kith/protocol/p256";

import { nativeVerifier } from "./native-verifier.ts";
import type { SignatureCheck } from "./ports.ts";

const message = new TextEncoder().encode("one vote");

function ed25519Check(seed: number): SignatureCheck {
  const secret = new Uint8Array(32).fill(seed);
  const publicKey = spkiOf({ kind: "ed25519", raw: ed25519PublicKey(secret) });
  return { message, publicKey, signature: signEd25519(message, secret) };
}

function p256Check(seed: number): SignatureCheck {
  const secret = new Uint8Array(32).fill(seed);
  const publicKey = spkiOf({ kind: "p256", raw: p256PublicKey(secret) });
  return { message, publicKey, signature: signP256(message, secret) };
}

function flipped(bytes: Uint8Array, at: number): Uint8Array {
  const copy = Uint8Array.from(bytes);
  copy[at] = (copy[at] ?? 0) ^ 1;
  return copy;
}

const verifier = nativeVerifier();
const verify = (...checks: readonly SignatureCheck[]): Promise<boolean> =>
  new Promise((done) => verifier.verify(checks, done));

test("a signature of either kind holds, alone and beside others", async () => {
  assert.ok(await verify(ed25519Check(1)));
  assert.ok(await verify(p256Check(1)));
  assert.ok(await verify(ed25519Check(1), p256Check(2), ed25519Check(3)));
});

test("nothing to check is valid", async () => {
  assert.ok(await verify());
});

test("one wrong signature among others makes the answer no, and it is given once", async () => {
  const wrong = { ...ed25519Check(2), message: flipped(message, 0) };
  let answers = 0;
  const valid = await new Promise((done) => {
    verifier.verify([ed25519Check(1), wrong, p256Check(3)], (answer) => {
      answers++;
      done(answer);
    });
  });
  await new Promise((done) => setTimeout(done, 20));
  assert.equal(valid, false);
  assert.equal(answers, 1);
});

for (const [kind, good] of [
  ["Ed25519", ed25519Check(1)],
  ["P-256", p256Check(1)],
] as const) {
  test(`${kind}: another message, key or signature is refused`, async () => {
    const other = kind === "Ed25519" ? ed25519Check(2) : p256Check(2);
    assert.equal(await verify({ ...good, message: flipped(message, 3) }), false);
    assert.equal(await verify({ ...good, publicKey: other.publicKey }), false);
    assert.equal(await verify({ ...good, signature: other.signature }), false);
    for (const at of [0, 31, 32, 63]) {
      assert.equal(await verify({ ...good, signature: flipped(good.signature, at) }), false);
    }
  });

  test(`${kind}: signatures and keys of a wrong size are refused`, async () => {
    for (const size of [0, 63]) {
      assert.equal(await verify({ ...good, signature: good.signature.slice(0, size) }), false);
    }
    assert.equal(await verify({ ...good, signature: new Uint8Array(65) }), false);
    for (const publicKey of [new Uint8Array(), good.publicKey.slice(1), new Uint8Array(500)]) {
      assert.equal(await verify({ ...good, publicKey }), false);
    }
  });
}

test("a point that is not on the curve is no key", async () => {
  const good = p256Check(1);
  const last = good.publicKey.length - 1;
  assert.equal(await verify({ ...good, publicKey: flipped(good.publicKey, last) }), false);
});

test("the key of small order, under which anything would verify, is refused", async () => {
  const identity = Uint8Array.from({ length: 32 }, (_, at) => (at === 0 ? 1 : 0));
  const signature = new Uint8Array(64);
  signature[0] = 1;
  const publicKey = spkiOf({ kind: "ed25519", raw: identity });
  assert.equal(await verify({ message, publicKey, signature }), false);
});

test("a key that was seen before gives the same answers", async () => {
  const good = ed25519Check(7);
  assert.ok(await verify(good));
  assert.ok(await verify(good));
  assert.equal(await verify({ ...good, signature: flipped(good.signature, 5) }), false);
  assert.ok(await verify(good));
});

test("a hurried check is done on the spot, alone and no more than one a millisecond", async () => {
  let nowMs = 0;
  const hurried = nativeVerifier(() => nowMs);
  const answers: string[] = [];
  const check = (name: string, ...checks: readonly SignatureCheck[]): void => {
    hurried.verify(checks, (valid) => answers.push(`${name} ${valid}`), true);
  };
  check("first", ed25519Check(1));
  check("soon after", ed25519Check(2));
  nowMs = 1;
  check("two", ed25519Check(1), p256Check(2));
  check("later", p256Check(1));
  nowMs = 2;
  check("wrong", { ...ed25519Check(2), message: flipped(message, 0) });
  assert.deepEqual(answers, ["first true", "later true", "wrong false"]);
  while (answers.length < 5) await new Promise((done) => setTimeout(done, 1));
  assert.deepEqual(answers.slice(3).toSorted(), ["soon after true", "two true"]);
});
