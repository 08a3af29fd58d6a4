/** `#curves` where node:crypto exists (Bun, Deno, Node). `curves-noble.ts` has the same exports. */
import { createPrivateKey, createPublicKey, sign, verify, type KeyObject } from "node:crypto";

import { ed25519Pkcs8Of, ed25519SpkiOf, p256Pkcs8Of, p256SpkiOf } from "./der.ts";

/** Cofactorless, and otherwise as strict as the runtime is: `ed25519.ts` checks first what runtimes disagree on. */
export function ed25519VerifyAdmissible(
  message: Uint8Array,
  publicKey: Uint8Array,
  signature: Uint8Array,
): boolean {
  const key = publicKeyOf(ed25519SpkiOf(publicKey));
  return key !== undefined && verify(null, message, key, signature);
}

/** A function that signs with this 32-byte secret key; it reads the key once. */
export function ed25519Signer(secretKey: Uint8Array): (message: Uint8Array) => Uint8Array {
  const key = createPrivateKey({ key: ed25519Pkcs8Of(secretKey), format: "der", type: "pkcs8" });
  return (message) => plain(sign(null, message, key));
}

export function ed25519PublicKeyOf(secretKey: Uint8Array): Uint8Array {
  const key = createPrivateKey({ key: ed25519Pkcs8Of(secretKey), format: "der", type: "pkcs8" });
  const spki = createPublicKey(key).export({ format: "der", type: "spki" });
  return Uint8Array.from(spki.subarray(spki.length - 32));
}

export function p256Verify(
  message: Uint8Array,
  publicKey: Uint8Array,
  signature: Uint8Array,
): boolean {
  const key = publicKeyOf(p256SpkiOf(publicKey));
  if (key === undefined) return false;
  return verify("sha256", message, { key, dsaEncoding: "ieee-p1363" }, signature);
}

export function p256Sign(message: Uint8Array, secretKey: Uint8Array): Uint8Array {
  const key = createPrivateKey({
    key: p256Pkcs8Of(secretKey, p256PublicKeyOf(secretKey)),
    format: "der",
    type: "pkcs8",
  });
  return plain(sign("sha256", message, { key, dsaEncoding: "ieee-p1363" }));
}

export function p256PublicKeyOf(secretKey: Uint8Array): Uint8Array {
  const der = p256Pkcs8Of(secretKey);
  const key = createPrivateKey({ key: der, format: "der", type: "pkcs8" });
  const spki = createPublicKey(key).export({ format: "der", type: "spki" });
  return Uint8Array.from(spki.subarray(spki.length - 65));
}

/** Undefined for bytes that the runtime takes for no point of the curve. */
function publicKeyOf(spki: Uint8Array): KeyObject | undefined {
  try {
    return createPublicKey({ key: spki, format: "der", type: "spki" });
  } catch {
    return undefined;
  }
}

/** A copy: looking at the `buffer` of a small Buffer is slower than that. */
function plain(data: Uint8Array): Uint8Array {
  return new Uint8Array(data);
}
