/** The fixed frames around raw keys: RFC 8410 (Ed25519) and RFC 5480, RFC 5915 (P-256, uncompressed points). */
const ed25519SpkiFrame = [0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00];
const ed25519Pkcs8Frame = [
  0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20,
];
const p256Algorithm = [
  0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a, 0x86, 0x48,
  0xce, 0x3d, 0x03, 0x01, 0x07,
];
const p256SpkiFrame = [0x30, 0x59, ...p256Algorithm, 0x03, 0x42, 0x00];
const p256Pkcs8Frame = [
  0x30,
  0x81,
  0x87,
  0x02,
  0x01,
  0x00,
  ...p256Algorithm,
  0x04,
  0x6d,
  0x30,
  0x6b,
  0x02,
  0x01,
  0x01,
  0x04,
  0x20,
];
const p256Pkcs8ShortFrame = [
  0x30,
  0x41,
  0x02,
  0x01,
  0x00,
  ...p256Algorithm,
  0x04,
  0x27,
  0x30,
  0x25,
  0x02,
  0x01,
  0x01,
  0x04,
  0x20,
];
/** `[1] { BIT STRING }` around the public key inside an ECPrivateKey. */
const p256PublicKeyFrame = [0xa1, 0x44, 0x03, 0x42, 0x00];

export function ed25519SpkiOf(publicKey: Uint8Array): Uint8Array {
  return framed(ed25519SpkiFrame, publicKey);
}

export function ed25519Pkcs8Of(secretKey: Uint8Array): Uint8Array {
  return framed(ed25519Pkcs8Frame, secretKey);
}

export function p256SpkiOf(publicKey: Uint8Array): Uint8Array {
  return framed(p256SpkiFrame, publicKey);
}

/** With the public key where it is known, as every tool writes it. */
export function p256Pkcs8Of(secretKey: Uint8Array, publicKey?: Uint8Array): Uint8Array {
  if (publicKey === undefined) return framed(p256Pkcs8ShortFrame, secretKey);
  return framed([...framed(p256Pkcs8Frame, secretKey), ...p256PublicKeyFrame], publicKey);
}

/** The raw key inside, or undefined when the bytes are anything but exactly this frame around a key. */
export function ed25519OfSpki(der: Uint8Array): Uint8Array | undefined {
  return unframed(der, ed25519SpkiFrame, 32);
}

export function ed25519OfPkcs8(der: Uint8Array): Uint8Array | undefined {
  return unframed(der, ed25519Pkcs8Frame, 32);
}

export function p256OfSpki(der: Uint8Array): Uint8Array | undefined {
  return unframed(der, p256SpkiFrame, 65);
}

/** The secret key, and the public key where the file holds it. */
export function p256OfPkcs8(
  der: Uint8Array,
): { readonly secret: Uint8Array; readonly publicKey?: Uint8Array } | undefined {
  const short = unframed(der, p256Pkcs8ShortFrame, 32);
  if (short !== undefined) return { secret: short };
  const tail = unframed(der, p256Pkcs8Frame, 32 + p256PublicKeyFrame.length + 65);
  if (tail === undefined) return undefined;
  const publicKey = unframed(tail.subarray(32), p256PublicKeyFrame, 65);
  return publicKey === undefined ? undefined : { secret: tail.subarray(0, 32), publicKey };
}

function framed(frame: readonly number[], key: Uint8Array): Uint8Array {
  const der = new Uint8Array(frame.length + key.length);
  der.set(frame);
  der.set(key, frame.length);
  return der;
}

function unframed(
  der: Uint8Array,
  frame: readonly number[],
  keyBytes: number,
): Uint8Array | undefined {
  if (der.length !== frame.length + keyBytes) return undefined;
  if (!frame.every((byte, i) => byte === der[i])) return undefined;
  return der.subarray(frame.length);
}
