import { crc32 } from "node:zlib";

import { packText } from "@kith/protocol/texts";

const checksumBytes = 4;

/**
 * The parts of a file that keeps `content` under a name: what it is, under which name and how long, then the content,
 * then a checksum of all that. CRC-32 is enough against accidents, and a hash would take longer than reading the file.
 */
export function partsOfFile(name: string, content: Uint8Array): readonly Uint8Array[] {
  const head = headOf(name, content.length);
  const checksum = new Uint8Array(checksumBytes);
  new DataView(checksum.buffer).setUint32(0, crc32(content, crc32(head)));
  return [head, content, checksum];
}

/** The content of a file that is whole and was written under this name; a part of `file`, no copy. */
export function contentOfFile(name: string, file: Uint8Array): Uint8Array | undefined {
  const headBytes = headOf(name, 0).length;
  const end = file.length - checksumBytes;
  if (end < headBytes) return undefined;
  const head = headOf(name, end - headBytes);
  if (head.some((byte, at) => file[at] !== byte)) return undefined;
  const checksum = new DataView(file.buffer, file.byteOffset + end).getUint32(0);
  return checksum === crc32(file.subarray(0, end)) ? file.subarray(headBytes, end) : undefined;
}

const lengthDigits = 10;

/** As long for any content. */
function headOf(name: string, contentBytes: number): Uint8Array {
  const length = String(contentBytes).padStart(lengthDigits, "0");
  return packText(`kith prepared 1\n${name}\n${length}\n`);
}
