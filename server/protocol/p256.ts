import { p256PublicKeyOf, p256Sign, p256Verify } from "#curves";

import { isOnP256, p256SignatureBytes } from "./p256-form.ts";

/** ECDSA over SHA-256 of the message; the signature is r || s, 64 bytes; both halves of s are accepted. */
export function verifyP256(
  message: Uint8Array,
  publicKey: Uint8Array,
  signature: Uint8Array,
): boolean {
  return (
    signature.length === p256SignatureBytes &&
    isOnP256(publicKey) &&
    p256Verify(message, publicKey, signature)
  );
}

/** r || s, 64 bytes; `secretKey` is the 32-byte big-endian scalar. */
export function signP256(message: Uint8Array, secretKey: Uint8Array): Uint8Array {
  return p256Sign(message, secretKey);
}

/** 04 || x || y, 65 bytes. */
export function p256PublicKey(secretKey: Uint8Array): Uint8Array {
  return p256PublicKeyOf(secretKey);
}
