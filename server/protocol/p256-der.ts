import { p256SignatureBytes } from "./p256-form.ts";

const integerBytes = p256SignatureBytes / 2;

/**
 * The one form r || s, 64 bytes, of an ES256 signature in DER (RFC 3279 section 2.2.3), as authenticators and PKCS#11
 * give it; undefined for anything but the shortest encoding of two positive integers below 2^256. Both halves of s
 * are good: ids of transactions do not cover proofs, so a second form of a signature makes nothing new.
 */
export function p256SignatureOfDer(der: Uint8Array): Uint8Array | undefined {
  if (der[0] !== 0x30 || der[1] !== der.length - 2 || der.length > 0x7f) return undefined;
  const rEnd = integerEnd(der, 2);
  if (rEnd === undefined || integerEnd(der, rEnd) !== der.length) return undefined;
  const signature = new Uint8Array(p256SignatureBytes);
  const fits =
    putInteger(signature.subarray(0, integerBytes), der.subarray(4, rEnd)) &&
    putInteger(signature.subarray(integerBytes), der.subarray(rEnd + 2));
  return fits ? signature : undefined;
}

function integerEnd(der: Uint8Array, at: number): number | undefined {
  const sizeBytes = der[at + 1] ?? 0;
  const end = at + 2 + sizeBytes;
  return der[at] === 0x02 && sizeBytes > 0 && end <= der.length ? end : undefined;
}

/** False for zero, for negative numbers, for more than 32 bytes and for a zero byte that says nothing. */
function putInteger(target: Uint8Array, content: Uint8Array): boolean {
  const [first = 0, second = 0] = content;
  const padded = first === 0;
  if (first > 0x7f || (padded && second < 0x80)) return false;
  const digits = padded ? content.subarray(1) : content;
  if (digits.length > integerBytes) return false;
  target.set(digits, integerBytes - digits.length);
  return true;
}
