import assert from "node:assert/strict";
import { test } from "node:test";

import {
  compareBytes,
  concatBytes,
  equalBytes,
  fromHex,
  hmacSha256,
  sha256,
  sha256Hex,
  toHex,
  zeroChecksum,
} from "./hashes.ts";
import { packText } from "./texts.ts";

test("sha256 gives FIPS 180-4's answer for the empty message and for abc", () => {
  assert.equal(
    sha256Hex(new Uint8Array(0)),
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
  );
  assert.equal(
    toHex(sha256(packText("abc"))),
    "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
  );
});

test("hmacSha256 gives RFC 4231's answer for its first case", () => {
  assert.equal(
    toHex(hmacSha256(new Uint8Array(20).fill(0x0b), packText("Hi There"))),
    "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7",
  );
});

test("hex of a part of a buffer is the hex of that part alone", () => {
  const whole = Uint8Array.of(1, 2, 0xab, 0xff, 5);
  assert.equal(toHex(whole.subarray(2, 4)), "abff");
  assert.deepEqual(fromHex("ABff"), { ok: true, value: Uint8Array.of(0xab, 0xff) });
});

test("text that is not whole bytes of hex is refused", () => {
  for (const text of ["a", "0g", "0x00", " 00", "00 "]) {
    assert.deepEqual(fromHex(text), {
      ok: false,
      error: { code: "hex-malformed", chars: text.length },
    });
  }
});

test("bytes compare like words in a dictionary", () => {
  const words = ["", "a", "ab", "b", "ba"].map(packText);
  for (const [i, a] of words.entries()) {
    for (const [j, b] of words.entries()) {
      assert.equal(Math.sign(compareBytes(a, b)), Math.sign(i - j));
      assert.equal(equalBytes(a, b), i === j);
    }
  }
});

test("concatBytes keeps the order of its parts", () => {
  assert.deepEqual(
    concatBytes(Uint8Array.of(1), new Uint8Array(0), Uint8Array.of(2, 3)),
    Uint8Array.of(1, 2, 3),
  );
});

test("the zero checksum is 32 zero bytes", () => {
  assert.equal(zeroChecksum, "00".repeat(32));
});
