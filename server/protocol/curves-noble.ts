/**
 * `#curves` where there is no node:crypto: browsers. `curves-node.ts` has the same exports. Apart from `#native`, because it is
 * large, and a page that checks no signature needs none of it.
 */
import { ed25519 } from "@noble/curves/ed25519.js";
import { p256 } from "@noble/curves/nist.js";
import { sha512 } from "@noble/hashes/sha2.js";

/**
 * RFC 8032 section 5.1.7 without the cofactor: enc([S]B - [h]A) has to equal the bytes of R. noble's own `verify`
 * multiplies by the cofactor and so accepts more than node:crypto does.
 */
export function ed25519VerifyAdmissible(
  message: Uint8Array,
  publicKey: Uint8Array,
  signature: Uint8Array,
): boolean {
  const r = signature.subarray(0, 32);
  const s = littleEndian(signature.subarray(32));
  try {
    const point = ed25519.Point.fromBytes(publicKey);
    const h =
      littleEndian(sha512.create().update(r).update(publicKey).update(message).digest()) %
      ed25519.Point.Fn.ORDER;
    const expected = ed25519.Point.BASE.multiplyUnsafe(s).subtract(point.multiplyUnsafe(h));
    const bytes = expected.toBytes();
    return bytes.every((byte, i) => byte === r[i]);
  } catch {
    return false;
  }
}

/** A function that signs with this 32-byte secret key. */
export function ed25519Signer(secretKey: Uint8Array): (message: Uint8Array) => Uint8Array {
  const key = Uint8Array.from(secretKey);
  return (message) => ed25519.sign(message, key);
}

export function ed25519PublicKeyOf(secretKey: Uint8Array): Uint8Array {
  return ed25519.getPublicKey(secretKey);
}

export function p256Verify(
  message: Uint8Array,
  publicKey: Uint8Array,
  signature: Uint8Array,
): boolean {
  try {
    return p256.verify(signature, message, publicKey, { lowS: false });
  } catch {
    return false;
  }
}

export function p256Sign(message: Uint8Array, secretKey: Uint8Array): Uint8Array {
  return p256.sign(message, secretKey);
}

export function p256PublicKeyOf(secretKey: Uint8Array): Uint8Array {
  return p256.getPublicKey(secretKey, false);
}

function littleEndian(bytes: Uint8Array): bigint {
  let value = 0n;
  for (let i = bytes.length - 1; i >= 0; i--) value = (value << 8n) | BigInt(bytes[i] ?? 0);
  return value;
}
