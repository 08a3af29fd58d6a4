/**
 * `#native` and `#curves` inside a service machine, chosen by the export condition `kith-guest`: what an interpreter is slow at, the
 * machine does. `native-node.ts` and `curves-node.ts` have the same exports.
 */
import { hostOperations, type HostOperation } from "./guest-abi.ts";
import { ask, askText, askValidText, give, region, take, words } from "./guest-region.ts";
import { putUtf8, textOfUtf8 } from "./utf8.ts";

/** Up to this many characters are written quicker one by one than handed over. */
const ownCharsMax = 6;
/** Characters that one call of `fromCharCode` makes. */
const latin1Piece = 256;
const hmacBlockBytes = 64;

export function sha256(data: Uint8Array): Uint8Array {
  give(data);
  return take(ask(hostOperations.sha256));
}

export function sha256Text(data: Uint8Array): string {
  return hexOf(sha256(data));
}

/** RFC 2104. */
export function hmacSha256(key: Uint8Array, data: Uint8Array): Uint8Array {
  const block = new Uint8Array(hmacBlockBytes);
  block.set(key.length > hmacBlockBytes ? sha256(key) : key);
  give(block.map((byte) => byte ^ 0x36));
  const inner = sha256(data);
  give(block.map((byte) => byte ^ 0x5c));
  return sha256(inner);
}

export function hexOf(data: Uint8Array): string {
  give(data);
  return latin1Of(take(ask(hostOperations.encodeHex)));
}

/** Undefined for what is no hex: the machine looks at each digit anyway, but at nothing behind a zero character. */
export function bytesOfHex(text: string): Uint8Array | undefined {
  askText(hostOperations.decodeHex, text);
  const size = words[0] ?? 0;
  return 2 * size === text.length ? take(size) : undefined;
}

export function latin1Of(data: Uint8Array): string {
  if (data.length <= latin1Piece) return charsOf(data);
  let text = "";
  for (let at = 0; at < data.length; at += latin1Piece) {
    text += charsOf(data.subarray(at, at + latin1Piece));
  }
  return text;
}

/** Spreading the bytes takes twice as long: an interpreter goes through an iterator for that. */
function charsOf(data: Uint8Array): string {
  return Reflect.apply(String.fromCharCode, undefined, data);
}

/** Text of a part of `data`, which is UTF-8. */
export function textOf(data: Uint8Array, start: number, end: number): string {
  const part = data.subarray(start, end);
  if (part.includes(0)) return textOfUtf8(data, start, end);
  give(part);
  return askText(hostOperations.decodeText);
}

/** Texts of one action come more than once: in its arguments, its rows, its events. */
const textCharsKept = 64;
const textsKept = 256;
const texts = new Map<string, Uint8Array>();

/** Writes the text as UTF-8 and returns its size; there is room for three bytes a character. */
export function putText(data: Uint8Array, at: number, text: string): number {
  const known = texts.get(text);
  if (known !== undefined) {
    data.set(known, at);
    return known.length;
  }
  if (text.length <= ownCharsMax || text.includes("\0")) return putUtf8(data, at, text);
  askText(hostOperations.encodeText, text);
  const encoded = take(words[0] ?? 0);
  data.set(encoded, at);
  if (text.length <= textCharsKept) keep(text, encoded);
  return encoded.length;
}

function keep(text: string, encoded: Uint8Array): void {
  if (texts.size >= textsKept) texts.clear();
  texts.set(text, encoded);
}

export function isUtf8(data: Uint8Array): boolean {
  give(data);
  return ask(hostOperations.isUtf8) === 1;
}

/** An interpreter spends most of its time on calls, so straight lines of code are worth making. */
export const canCompile = true;

/** The window of the region: nothing stays in it once the machine has been asked. */
export const exchange: DataView | undefined = new DataView(
  region.buffer,
  region.byteOffset,
  region.length,
);

/** Undefined when the bytes are not UTF-8, or hold a zero. */
export function validTextOf(data: Uint8Array, start: number, end: number): string | undefined {
  const part = data.subarray(start, end);
  if (part.includes(0)) return undefined;
  give(part);
  return askValidText(hostOperations.decodeText);
}

export function ed25519VerifyAdmissible(
  message: Uint8Array,
  publicKey: Uint8Array,
  signature: Uint8Array,
): boolean {
  return verifies(hostOperations.verifyEd25519, [publicKey, signature, message]);
}

export function p256Verify(
  message: Uint8Array,
  publicKey: Uint8Array,
  signature: Uint8Array,
): boolean {
  return verifies(hostOperations.verifyP256, [publicKey, signature, message]);
}

/** A service runs on every node, so it can keep no secret and never signs. */
export function ed25519Signer(): never {
  throw new TypeError("a service has no secret keys");
}

export {
  ed25519Signer as ed25519PublicKeyOf,
  ed25519Signer as p256PublicKeyOf,
  ed25519Signer as p256Sign,
};

function verifies(operation: HostOperation, parts: readonly Uint8Array[]): boolean {
  for (const part of parts) give(part);
  return ask(operation) === 1;
}
