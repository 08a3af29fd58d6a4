import { Aes128Gcm, CipherSuite, DhkemX25519HkdfSha256, HkdfSha256 } from "@hpke/core";
import { concatBytes } from "@kith/protocol/hashes";

import { encapsulatedBytes } from "./limits.ts";

/** HPKE's base mode (RFC 9180, section 5.1.1), with the algorithms of its appendix A.1. */
export const suite: CipherSuite = new CipherSuite({
  kem: new DhkemX25519HkdfSha256(),
  kdf: new HkdfSha256(),
  aead: new Aes128Gcm(),
});

/** The encapsulated key, and the ciphertext behind it. Throws for a key that shares no secret. */
export async function sealTo(
  publicKey: Uint8Array,
  info: Uint8Array,
  message: Uint8Array,
): Promise<Uint8Array> {
  const recipientPublicKey = await suite.kem.deserializePublicKey(publicKey);
  const sealed = await suite.seal({ recipientPublicKey, info }, message);
  return concatBytes(new Uint8Array(sealed.enc), new Uint8Array(sealed.ct));
}

/** Undefined for what was sealed to another key, with other words, or was changed: nobody can tell these apart. */
export async function openWith(
  recipientKey: CryptoKeyPair,
  info: Uint8Array,
  sealed: Uint8Array,
): Promise<Uint8Array | undefined> {
  const [enc, body] = [sealed.subarray(0, encapsulatedBytes), sealed.subarray(encapsulatedBytes)];
  try {
    return new Uint8Array(await suite.open({ recipientKey, enc, info }, body));
  } catch {
    return undefined;
  }
}
