import { toHex } from "./hashes.ts";

/** The curve y^2 = x^3 - 3x + b over the integers modulo p (SEC 2, section 2.4.2). */
const p = 0xffffffff00000001000000000000000000000000ffffffffffffffffffffffffn;
const b = 0x5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604bn;

export const p256SignatureBytes = 64;

/** True for 04 || x || y with x, y below p and on the curve, which has no small subgroups. */
export function isOnP256(publicKey: Uint8Array): boolean {
  if (publicKey.length !== 65 || publicKey[0] !== 4) return false;
  const x = bigEndian(publicKey.subarray(1, 33));
  const y = bigEndian(publicKey.subarray(33));
  if (x >= p || y >= p) return false;
  return (y * y - (x * x * x - 3n * x + b)) % p === 0n;
}

function bigEndian(bytes: Uint8Array): bigint {
  return BigInt(`0x${toHex(bytes)}`);
}
