import {
  ed25519PublicKeyOf,
  ed25519Signer as nativeSigner,
  ed25519VerifyAdmissible,
} from "#curves";

import { ed25519Admissible } from "./ed25519-form.ts";

export const ed25519SecretKeyBytes = 32;

/** The one rule for Ed25519 (RFC 8032 section 5.1.7): the gate above, then the cofactorless equation. */
export function verifyEd25519(
  message: Uint8Array,
  publicKey: Uint8Array,
  signature: Uint8Array,
): boolean {
  return (
    ed25519Admissible(publicKey, signature) &&
    ed25519VerifyAdmissible(message, publicKey, signature)
  );
}

/** A 64-byte signature; `secretKey` is the 32-byte seed. Throws on any other length. */
export function signEd25519(message: Uint8Array, secretKey: Uint8Array): Uint8Array {
  return ed25519Signer(secretKey)(message);
}

/** Reads the secret key once, for those who sign often. */
export function ed25519Signer(secretKey: Uint8Array): (message: Uint8Array) => Uint8Array {
  return nativeSigner(checkedSecretKey(secretKey));
}

/** The 32-byte public key of a 32-byte seed. */
export function ed25519PublicKey(secretKey: Uint8Array): Uint8Array {
  return ed25519PublicKeyOf(checkedSecretKey(secretKey));
}

function checkedSecretKey(secretKey: Uint8Array): Uint8Array {
  if (secretKey.length !== ed25519SecretKeyBytes) {
    throw new RangeError(`an Ed25519 secret key has 32 bytes, not ${secretKey.length}`);
  }
  return secretKey;
}
