import assert from "node:assert/strict";
import { test } from "node:test";

import { blockIdOf } from "@kith/protocol/ids";

import { staticKeyOf, type Identity } from "./identity.ts";
import { processIdBytes } from "./limits.ts";
import type { Role } from "./noise/handshake.ts";
import { Session, type SessionOptions } from "./session.ts";
import { countingBytes, testChain, testIdentity } from "./test-support.ts";

const processIdOf = ({ secretKey }: Identity): Uint8Array => secretKey.subarray(0, processIdBytes);

function sessionOf(role: Role, identity: Identity, options: Partial<SessionOptions> = {}): Session {
  return new Session({
    role,
    identity,
    staticKey: staticKeyOf(identity),
    processId: processIdOf(identity),
    chainId: testChain,
    randomBytes: countingBytes(role === "initiator" ? 7 : 8),
    ...options,
  });
}

function helloOf(session: Session): Uint8Array {
  const hello = session.start();
  assert.ok(hello.ok);
  return hello.value;
}

/** Carries the handshake through; the code of the first error, or "proven". */
function handshake(initiator: Session, responder: Session): string {
  const answer = responder.advance(helloOf(initiator));
  if (!answer.ok) return `responder: ${answer.error.code}`;
  const proof = initiator.advance(answer.value.reply ?? new Uint8Array(0));
  if (!proof.ok) return `initiator: ${proof.error.code}`;
  const end = responder.advance(proof.value.reply ?? new Uint8Array(0));
  return end.ok ? "proven" : `responder: ${end.error.code}`;
}

test("both ends learn who the other one is and understand each other", () => {
  const [alice, bob] = [testIdentity(1), testIdentity(2)];
  const initiator = sessionOf("initiator", alice);
  const responder = sessionOf("responder", bob);
  const answer = responder.advance(helloOf(initiator));
  assert.ok(answer.ok && answer.value.reply !== undefined && answer.value.remote === undefined);
  const proof = initiator.advance(answer.value.reply);
  assert.ok(proof.ok && proof.value.reply !== undefined);
  assert.deepEqual(proof.value.remote, { node: bob.nodeId, processId: "02".repeat(8) });
  const end = responder.advance(proof.value.reply);
  assert.deepEqual(end, {
    ok: true,
    value: { remote: { node: alice.nodeId, processId: "01".repeat(8) } },
  });

  const text = new TextEncoder().encode("hello");
  assert.deepEqual(responder.open(initiator.seal(text)), { ok: true, value: text });
  assert.deepEqual(initiator.open(responder.seal(text)), { ok: true, value: text });
});

test("a node cannot claim the name of another", () => {
  const [alice, bob, eve] = [testIdentity(1), testIdentity(2), testIdentity(3)];
  const claimsBob: Identity = { nodeId: bob.nodeId, secretKey: eve.secretKey };
  assert.equal(
    handshake(sessionOf("initiator", alice), sessionOf("responder", claimsBob)),
    "initiator: identity-not-proven",
  );
  assert.equal(
    handshake(sessionOf("initiator", claimsBob), sessionOf("responder", alice)),
    "responder: identity-not-proven",
  );
});

test("a node's key does not help with somebody else's static key", () => {
  const [alice, bob, eve] = [testIdentity(1), testIdentity(2), testIdentity(3)];
  const mixed = sessionOf("responder", bob, { staticKey: staticKeyOf(eve) });
  assert.equal(handshake(sessionOf("initiator", alice), mixed), "initiator: identity-not-proven");
});

test("a proof of one handshake is worth nothing in another", () => {
  const [alice, bob] = [testIdentity(1), testIdentity(2)];
  const first = sessionOf("responder", bob);
  const recorded = first.advance(helloOf(sessionOf("initiator", alice)));
  assert.ok(recorded.ok && recorded.value.reply !== undefined);
  const other = sessionOf("initiator", alice, { randomBytes: countingBytes(99) });
  helloOf(other);
  const replayed = other.advance(recorded.value.reply);
  assert.deepEqual(replayed, { ok: false, error: { code: "not-authentic" } });
});

test("another chain is told in words", () => {
  const other = blockIdOf("d2".repeat(32));
  const responder = sessionOf("responder", testIdentity(2), { chainId: other });
  assert.deepEqual(responder.advance(helloOf(sessionOf("initiator", testIdentity(1)))), {
    ok: false,
    error: { code: "wrong-chain", ours: other, theirs: testChain },
  });
});

test("a hello that was changed on the way breaks the handshake", () => {
  const initiator = sessionOf("initiator", testIdentity(1), {
    chainId: blockIdOf("d2".repeat(32)),
  });
  const hello = helloOf(initiator);
  hello.set(new Uint8Array(32).fill(0xc1), hello.length - 32);
  const answer = sessionOf("responder", testIdentity(2)).advance(hello);
  assert.ok(answer.ok && answer.value.reply !== undefined);
  const end = initiator.advance(answer.value.reply);
  assert.deepEqual(end, { ok: false, error: { code: "not-authentic" } });
});

test("another version is told in words", () => {
  const hello = helloOf(sessionOf("initiator", testIdentity(1)));
  hello[hello.length - 33] = 9;
  assert.deepEqual(sessionOf("responder", testIdentity(2)).advance(hello), {
    ok: false,
    error: { code: "version-unknown", ours: 2, theirs: 9 },
  });
});

test("a handshake message beyond the limit is not looked at, and garbage of any size is refused", () => {
  const tooLong = sessionOf("responder", testIdentity(2)).advance(new Uint8Array(513));
  assert.deepEqual(tooLong, {
    ok: false,
    error: { code: "handshake-too-long", sizeBytes: 513 },
  });
  const random = countingBytes(5);
  for (let size = 0; size <= 512; size += 37) {
    assert.ok(!sessionOf("responder", testIdentity(2)).advance(random(size)).ok);
    const initiator = sessionOf("initiator", testIdentity(1));
    helloOf(initiator);
    assert.ok(!initiator.advance(random(size)).ok);
  }
});

test("a frame longer than a Noise message is refused before it is opened", () => {
  const initiator = sessionOf("initiator", testIdentity(1));
  const responder = sessionOf("responder", testIdentity(2));
  assert.equal(handshake(initiator, responder), "proven");
  assert.deepEqual(responder.open(new Uint8Array(65_536)), {
    ok: false,
    error: { code: "frame-too-long", sizeBytes: 65_536 },
  });
});
