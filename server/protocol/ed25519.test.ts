import assert from "node:assert/strict";
import { test } from "node:test";

import { ed25519Admissible, ed25519KeyAdmissible } from "./ed25519-form.ts";
import { ed25519PublicKey, signEd25519, verifyEd25519 } from "./ed25519.ts";
import { bytesOfTrustedHex, toHex } from "./hashes.ts";

const secretKey = bytesOfTrustedHex(
  "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
);
const message = Uint8Array.of(1, 2, 3);

test("the first key of RFC 8032 section 7.1 gives its public key and signature", () => {
  const publicKey = ed25519PublicKey(secretKey);
  assert.equal(
    toHex(publicKey),
    "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
  );
  const signature = signEd25519(new Uint8Array(0), secretKey);
  assert.ok(toHex(signature).startsWith("e5564300c360ac729086e2cc806e828a"));
  assert.ok(verifyEd25519(new Uint8Array(0), publicKey, signature));
});

test("a signature holds for its message and its key only", () => {
  const publicKey = ed25519PublicKey(secretKey);
  const signature = signEd25519(message, secretKey);
  assert.ok(verifyEd25519(message, publicKey, signature));
  assert.ok(!verifyEd25519(Uint8Array.of(1, 2, 4), publicKey, signature));
  const other = ed25519PublicKey(new Uint8Array(32).fill(9));
  assert.ok(!verifyEd25519(message, other, signature));
  for (const i of [0, 31, 32, 63]) {
    const wrong = Uint8Array.from(signature);
    wrong[i] = (wrong[i] ?? 0) ^ 1;
    assert.ok(!verifyEd25519(message, publicKey, wrong));
  }
});

test("keys and signatures of a wrong size are refused", () => {
  const publicKey = ed25519PublicKey(secretKey);
  const signature = signEd25519(message, secretKey);
  assert.ok(!verifyEd25519(message, publicKey.subarray(1), signature));
  assert.ok(!verifyEd25519(message, publicKey, signature.subarray(1)));
  assert.throws(() => signEd25519(message, secretKey.subarray(1)), RangeError);
});

test("S has to be below the order of the group", () => {
  const publicKey = ed25519PublicKey(secretKey);
  const signature = signEd25519(message, secretKey);
  const order = 2n ** 252n + 27742317777372353535851937790883648493n;
  let s = 0n;
  for (let i = 63; i >= 32; i--) s = (s << 8n) | BigInt(signature[i] ?? 0);
  const malleable = Uint8Array.from(signature);
  let raised = s + order;
  for (let i = 32; i < 64; i++) {
    malleable[i] = Number(raised & 0xffn);
    raised >>= 8n;
  }
  assert.ok(ed25519Admissible(publicKey, signature));
  assert.ok(!ed25519Admissible(publicKey, malleable));
});

test("all fourteen encodings of points of small order are refused as keys and as R", () => {
  const smallOrder = [
    "0100000000000000000000000000000000000000000000000000000000000000",
    "0100000000000000000000000000000000000000000000000000000000000080",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
    "0000000000000000000000000000000000000000000000000000000000000000",
    "0000000000000000000000000000000000000000000000000000000000000080",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
    "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
    "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
  ];
  const signature = signEd25519(message, secretKey);
  for (const text of smallOrder) {
    const point = bytesOfTrustedHex(text);
    assert.ok(!ed25519KeyAdmissible(point), text);
    const forged = Uint8Array.from(signature);
    forged.set(point);
    assert.ok(!ed25519Admissible(ed25519PublicKey(secretKey), forged), text);
  }
});

test("a key that is not written in its one canonical way is refused", () => {
  for (let low = 0xed; low <= 0xff; low++) {
    for (const high of [0x7f, 0xff]) {
      const key = new Uint8Array(32).fill(0xff);
      key[0] = low;
      key[31] = high;
      assert.ok(!ed25519KeyAdmissible(key));
    }
  }
});
