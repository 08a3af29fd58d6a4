import assert from "node:assert/strict";
import { test } from "node:test";

import * as nobleCurves from "./curves-noble.ts";
import * as nodeCurves from "./curves-node.ts";
import { bytesOfTrustedHex, concatBytes, toHex } from "./hashes.ts";
import * as noble from "./native-noble.ts";
import * as node from "./native-node.ts";
import { nextBelow, seedRandom } from "./random.ts";

const seed = 20_261_121;
const random = seedRandom(seed);
const randomBytes = (size: number): Uint8Array =>
  Uint8Array.from({ length: size }, () => nextBelow(random, 256));

test(`hashes and hex are the same with and without node:crypto (seed ${seed})`, () => {
  for (const size of [0, 1, 31, 32, 63, 64, 65, 1000]) {
    const data = randomBytes(size + 3).subarray(3);
    assert.deepEqual(noble.sha256(data), node.sha256(data));
    assert.equal(noble.sha256Text(data), node.sha256Text(data));
    assert.deepEqual(noble.hmacSha256(data, data), node.hmacSha256(data, data));
    assert.equal(noble.hexOf(data), node.hexOf(data));
    assert.deepEqual(noble.bytesOfHex(node.hexOf(data)), node.bytesOfHex(node.hexOf(data)));
  }
});

test("what is no hex has no bytes, with and without node:crypto", () => {
  for (const text of [
    "0",
    "0g",
    "g0",
    "00 ",
    " 00",
    "0x00",
    "00\0",
    "00\0\0",
    "\0\0",
    "é0",
    "０0",
  ]) {
    assert.equal(noble.bytesOfHex(text), undefined, JSON.stringify(text));
    assert.equal(node.bytesOfHex(text), undefined, JSON.stringify(text));
  }
  for (const text of ["", "aF09"]) assert.deepEqual(noble.bytesOfHex(text), node.bytesOfHex(text));
});

test(`Ed25519 is the same with and without node:crypto (seed ${seed})`, () => {
  for (let i = 0; i < 5; i++) {
    const [secret, message] = [randomBytes(32), randomBytes(i * 50)];
    const publicKey = nodeCurves.ed25519PublicKeyOf(secret);
    assert.deepEqual(nobleCurves.ed25519PublicKeyOf(secret), publicKey);
    const signature = nodeCurves.ed25519Signer(secret)(message);
    assert.deepEqual(nobleCurves.ed25519Signer(secret)(message), signature);
    assert.ok(nodeCurves.ed25519VerifyAdmissible(message, publicKey, signature));
    assert.ok(nobleCurves.ed25519VerifyAdmissible(message, publicKey, signature));
    const wrong = randomBytes(20);
    assert.ok(!nodeCurves.ed25519VerifyAdmissible(wrong, publicKey, signature));
    assert.ok(!nobleCurves.ed25519VerifyAdmissible(wrong, publicKey, signature));
  }
});

test("a signature that only the cofactored equation accepts is refused by both", () => {
  // Case 4 of ed25519-speccheck: A and R are of mixed order, and only [8] makes both sides equal.
  const message = bytesOfTrustedHex(
    "e47d62c63f830dc7a6851a0b1f33ae4bb2f507fb6cffec4011eaccd55b53f56c",
  );
  const publicKey = bytesOfTrustedHex(
    "cdb267ce40c5cd45306fa5d2f29731459387dbf9eb933b7bd5aed9a765b88d4d",
  );
  const signature = bytesOfTrustedHex(
    "160a1cb0dc9c0258cd0a7d23e94d8fa878bcb1925f2c64246b2dee1796bed5125ec6bc982a269b723e0668e540911a9a6a58921d6925e434ab10aa7940551a09",
  );
  assert.equal(nobleCurves.ed25519VerifyAdmissible(message, publicKey, signature), false);
  assert.equal(nodeCurves.ed25519VerifyAdmissible(message, publicKey, signature), false);
});

test("bytes that are no point verify nothing, and nothing throws", () => {
  const notAPoint = concatBytes(Uint8Array.of(2), new Uint8Array(31));
  const signature = new Uint8Array(64);
  for (const native of [nodeCurves, nobleCurves]) {
    assert.equal(native.ed25519VerifyAdmissible(signature, notAPoint, signature), false);
    assert.equal(native.p256Verify(signature, new Uint8Array(65), signature), false);
  }
});

test(`P-256 signatures of either verify with the other (seed ${seed})`, () => {
  const [secret, message] = [randomBytes(32), randomBytes(100)];
  const publicKey = nodeCurves.p256PublicKeyOf(secret);
  assert.equal(toHex(nobleCurves.p256PublicKeyOf(secret)), toHex(publicKey));
  assert.ok(nobleCurves.p256Verify(message, publicKey, nodeCurves.p256Sign(message, secret)));
  assert.ok(nodeCurves.p256Verify(message, publicKey, nobleCurves.p256Sign(message, secret)));
});

test("text is the same with and without the host's UTF-8, lone surrogates included", () => {
  const texts = ["", "plain", "äöü", "€", "😀 smile", "\ud800", "a\udc00b", "\ud83d", "\ufeffbom"];
  for (const text of texts) {
    const [a, b] = [new Uint8Array(100), new Uint8Array(100)];
    const size = node.putText(a, 5, text);
    assert.equal(noble.putText(b, 5, text), size, text);
    assert.deepEqual(b.subarray(5, 5 + size), a.subarray(5, 5 + size), text);
    assert.equal(noble.textOf(a, 5, 5 + size), node.textOf(a, 5, 5 + size), text);
  }
});

test(`both agree on which bytes are UTF-8 (seed ${seed})`, () => {
  const leads = [0x00, 0x41, 0x80, 0xbf, 0xc0, 0xc2, 0xdf, 0xe0, 0xed, 0xef, 0xf0, 0xf4, 0xf5];
  for (let i = 0; i < 5_000; i++) {
    const data = Uint8Array.from({ length: nextBelow(random, 6) }, () =>
      nextBelow(random, 2) === 0
        ? (leads[nextBelow(random, leads.length)] ?? 0)
        : 0x80 + nextBelow(random, 64),
    );
    assert.equal(noble.isUtf8(data), node.isUtf8(data), toHex(data));
  }
});
