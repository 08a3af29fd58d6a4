import { keyBytesMax } from "@kith/chain/limits";
import { decodeBase64, encodeBase64 } from "@kith/protocol/base64";

const spaceBytes = 4;

/** A position in one index, or among the events of one name: which one in four bytes, then the key; in base64url. */
export function encodeCursor(space: number, key: Uint8Array): string {
  const bytes = new Uint8Array(spaceBytes + key.length);
  new DataView(bytes.buffer).setUint32(0, space);
  bytes.set(key, spaceBytes);
  return encodeBase64(bytes).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}

/** The key; undefined when the text is no cursor, or one of something else. */
export function decodeCursor(text: string, space: number): Uint8Array | undefined {
  if (text.length > cursorCharsMax || !/^[-_0-9A-Za-z]+$/.test(text)) return undefined;
  const plain = text.replaceAll("-", "+").replaceAll("_", "/");
  const bytes = decodeBase64(plain.padEnd(Math.ceil(plain.length / 4) * 4, "="));
  if (bytes === undefined || bytes.length < spaceBytes) return undefined;
  if (new DataView(bytes.buffer, bytes.byteOffset).getUint32(0) !== space) return undefined;
  return bytes.subarray(spaceBytes);
}

/** The key of an index entry: the indexed fields and the primary key. */
const cursorCharsMax = Math.ceil(((spaceBytes + 2 * keyBytesMax) * 4) / 3);
