import assert from "node:assert/strict";
import { test } from "node:test";

import { openWith, sealTo, suite } from "./hpke.ts";

const fromHex = (hex: string): Uint8Array => new Uint8Array(Buffer.from(hex, "hex"));
const toHex = (bytes: ArrayBuffer): string => Buffer.from(bytes).toString("hex");

/** RFC 9180, appendix A.1.1. */
const info = fromHex("4f6465206f6e2061204772656369616e2055726e");
const plain = "4265617574792069732074727574682c20747275746820626561757479";
const enc = "37fda3567bdbd628e88668c3c8d7e97d1d1253b6d4ea6d44c150f741f1bf4431";
const ikmE = "7268600d403fce431561aef583ee1613527cff655c1343f29812e66706df3234";
const skRm = "4612c550263fc8ad58375df3f557aac531d26850903e55a9f23f21d8534e8ac8";
const pkRm = "3948cfe0ad1ddb695d780e59077195da6c56506b027329794ab02bca80815c4d";
const sequence: readonly (readonly [aad: string, ct: string])[] = [
  [
    "Count-0",
    "f938558b5d72f1a23810b4be2ab4f84331acc02fc97babc53a52ae8218a355a96d8770ac83d07bea87e13c512a",
  ],
  [
    "Count-1",
    "af2d7e9ac9ae7e270f46ba1f975be53c09f8d875bdc8535458c2494e8a6eab251c03d0c22a56b8ca42c2063b84",
  ],
  [
    "Count-2",
    "498dfcabd92e8acedc281e85af1cb4e3e31c7dc394a1ca20e173cb72516491588d96a19ad4a683518973dcc180",
  ],
];

async function newPair(): Promise<CryptoKeyPair> {
  const made = await crypto.subtle.generateKey("X25519", false, ["deriveBits"]);
  assert.ok("privateKey" in made);
  return made;
}

async function rawOf({ publicKey }: CryptoKeyPair): Promise<Uint8Array> {
  return new Uint8Array(await crypto.subtle.exportKey("raw", publicKey));
}

test("the suite seals and opens what RFC 9180 has in A.1.1, byte for byte", async () => {
  const recipientPublicKey = await suite.kem.deserializePublicKey(fromHex(pkRm));
  const privateKey = await suite.kem.deserializePrivateKey(fromHex(skRm));
  const recipientKey = { privateKey, publicKey: recipientPublicKey };
  const ekm = fromHex(ikmE);
  const sender = await suite.createSenderContext({ recipientPublicKey, info, ekm });
  assert.equal(toHex(sender.enc), enc);
  const recipient = await suite.createRecipientContext({ recipientKey, enc: sender.enc, info });
  for (const [aad, ct] of sequence) {
    const words = new TextEncoder().encode(aad);
    assert.equal(toHex(await sender.seal(fromHex(plain), words)), ct);
    assert.equal(toHex(await recipient.open(fromHex(ct), words)), plain);
  }
});

test("what is sealed is opened by a key that nobody can read, with the same words only", async () => {
  const [own, other] = [await newPair(), await newPair()];
  await assert.rejects(crypto.subtle.exportKey("pkcs8", own.privateKey));
  const message = Uint8Array.of(1, 2, 3);
  const sealed = await sealTo(await rawOf(own), info, message);
  assert.equal(sealed.length, 32 + message.length + 16);
  assert.deepEqual(await openWith(own, info, sealed), message);
  assert.equal(await openWith(other, info, sealed), undefined);
  assert.equal(await openWith(own, Uint8Array.of(), sealed), undefined);
  for (const at of [0, 31, 32, sealed.length - 1]) {
    const changed = Uint8Array.from(sealed);
    changed[at] = (changed[at] ?? 0) ^ 1;
    assert.equal(await openWith(own, info, changed), undefined, `byte ${at}`);
  }
});

test("the same message sealed twice is two different texts", async () => {
  const publicKey = await rawOf(await newPair());
  const [one, two] = [
    await sealTo(publicKey, info, Uint8Array.of()),
    await sealTo(publicKey, info, Uint8Array.of()),
  ];
  assert.notDeepEqual(one, two);
});

test("a point of small order is no key to seal to", async () => {
  await assert.rejects(sealTo(new Uint8Array(32), info, Uint8Array.of(1)));
});
