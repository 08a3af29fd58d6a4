import assert from "node:assert/strict";
import { test } from "node:test";

import { ed25519PublicKey } from "./ed25519.ts";
import { toHex } from "./hashes.ts";
import { nodeIdOf } from "./ids.ts";
import {
  decodePem,
  ed25519Spki,
  encodePem,
  nodeIdOfSpki,
  parsePrivateKey,
  parsePublicKey,
  pkcs8Of,
  spkiOf,
  spkiOfNodeId,
} from "./keys.ts";
import { p256PublicKey, signP256, verifyP256 } from "./p256.ts";

const secret = new Uint8Array(32).fill(7);
const publicKey = ed25519PublicKey(secret);
const p256Secret = new Uint8Array(32).fill(5);

test("an Ed25519 key comes back out of its SPKI and its PKCS#8", () => {
  assert.deepEqual(parsePublicKey(ed25519Spki(publicKey)), {
    ok: true,
    value: { kind: "ed25519", raw: publicKey },
  });
  const key = { kind: "ed25519", secret } as const;
  assert.deepEqual(parsePrivateKey(pkcs8Of(key)), { ok: true, value: key });
});

test("a P-256 key comes back out of its SPKI and its PKCS#8, with and without its public half", () => {
  const raw = p256PublicKey(p256Secret);
  const spki = spkiOf({ kind: "p256", raw });
  assert.deepEqual(parsePublicKey(spki), { ok: true, value: { kind: "p256", raw } });
  for (const key of [
    { kind: "p256", secret: p256Secret } as const,
    { kind: "p256", secret: p256Secret, publicKey: raw } as const,
  ]) {
    assert.deepEqual(parsePrivateKey(pkcs8Of(key)), { ok: true, value: key });
  }
});

test("a node's id is its Ed25519 key", () => {
  const id = nodeIdOf(toHex(publicKey));
  assert.deepEqual(nodeIdOfSpki(spkiOfNodeId(id)), { ok: true, value: id });
  const p256 = spkiOf({ kind: "p256", raw: p256PublicKey(p256Secret) });
  assert.deepEqual(nodeIdOfSpki(p256), {
    ok: false,
    error: { code: "key-of-wrong-kind", kind: "p256" },
  });
});

test("keys that could verify nothing are refused when they are read", () => {
  assert.deepEqual(parsePublicKey(ed25519Spki(new Uint8Array(32))), {
    ok: false,
    error: { code: "key-not-admissible", kind: "ed25519" },
  });
  const raw = p256PublicKey(p256Secret);
  raw[64] = (raw[64] ?? 0) ^ 1;
  assert.deepEqual(parsePublicKey(spkiOf({ kind: "p256", raw })), {
    ok: false,
    error: { code: "key-not-admissible", kind: "p256" },
  });
});

test("DER of any other form is refused", () => {
  const spki = ed25519Spki(publicKey);
  const longer = new Uint8Array(45);
  longer.set(spki);
  for (const der of [new Uint8Array(0), spki.subarray(1), longer, publicKey]) {
    assert.deepEqual(parsePublicKey(der), {
      ok: false,
      error: { code: "key-format-unknown", sizeBytes: der.length },
    });
    assert.ok(!parsePrivateKey(der).ok);
  }
});

test("PEM comes back as the DER that went in", () => {
  const spki = ed25519Spki(publicKey);
  const pem = encodePem("PUBLIC KEY", spki);
  assert.ok(pem.startsWith("-----BEGIN PUBLIC KEY-----\n"));
  assert.ok(pem.split("\n").every((line) => line.length <= 64));
  assert.deepEqual(decodePem("PUBLIC KEY", `\n${pem}\r\n`), { ok: true, value: spki });
});

test("PEM of another label, with bad base64 or far too long is refused", () => {
  const pem = encodePem("PUBLIC KEY", ed25519Spki(publicKey));
  const bad = [
    pem.replaceAll("PUBLIC", "PRIVATE"),
    pem.replace("MC", "M*"),
    pem.replace("\n-----END", "A\n-----END"),
    `${pem}\n${pem}`,
    pem.replace("\n", `\n${"A".repeat(8000)}`),
    "",
  ];
  for (const text of bad) {
    assert.deepEqual(decodePem("PUBLIC KEY", text), {
      ok: false,
      error: { code: "pem-malformed", label: "PUBLIC KEY" },
    });
  }
});

test("a P-256 signature holds for its message and its key only", () => {
  const message = Uint8Array.of(1, 2, 3);
  const raw = p256PublicKey(p256Secret);
  const signature = signP256(message, p256Secret);
  assert.equal(signature.length, 64);
  assert.ok(verifyP256(message, raw, signature));
  assert.ok(!verifyP256(Uint8Array.of(1), raw, signature));
  assert.ok(!verifyP256(message, raw, signature.subarray(1)));
  assert.ok(!verifyP256(message, raw.subarray(1), signature));
});
