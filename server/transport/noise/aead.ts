import { createCipheriv, createDecipheriv } from "node:crypto";

import { tagBytes } from "../limits.ts";

const algorithm = "aes-256-gcm";

/** AES-256-GCM (NIST SP 800-38D) by the runtime's own code: ciphertext, then the tag. */
export function seal(
  key: Uint8Array,
  nonce: Uint8Array,
  associated: Uint8Array,
  plaintext: Uint8Array,
): Uint8Array {
  const cipher = createCipheriv(algorithm, key, nonce, { authTagLength: tagBytes });
  if (associated.length > 0) cipher.setAAD(associated);
  const body = cipher.update(plaintext);
  cipher.final();
  const sealed = new Uint8Array(body.length + tagBytes);
  sealed.set(body);
  sealed.set(cipher.getAuthTag(), body.length);
  return sealed;
}

/** Undefined when key, nonce, associated data or a single bit differ from what was sealed. */
export function open(
  key: Uint8Array,
  nonce: Uint8Array,
  associated: Uint8Array,
  sealed: Uint8Array,
): Uint8Array | undefined {
  const bodyBytes = sealed.length - tagBytes;
  if (bodyBytes < 0) return undefined;
  const decipher = createDecipheriv(algorithm, key, nonce, { authTagLength: tagBytes });
  decipher.setAuthTag(sealed.subarray(bodyBytes));
  if (associated.length > 0) decipher.setAAD(associated);
  const body = decipher.update(sealed.subarray(0, bodyBytes));
  try {
    decipher.final();
  } catch {
    return undefined;
  }
  // A plain view: Buffer's own `slice` would not copy.
  return new Uint8Array(body.buffer, body.byteOffset, body.length);
}
