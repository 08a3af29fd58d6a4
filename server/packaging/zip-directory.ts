import { err, ok, type Result } from "@kith/protocol/result";
import { unpackText } from "@kith/protocol/texts";

import { entriesMax } from "./limits.ts";
import type { PackageError } from "./package-error.ts";

/** A file in a zip, as its central directory describes it; `data` is still compressed. */
export type ZipItem = {
  readonly path: string;
  readonly method: "stored" | "deflated";
  readonly data: Uint8Array;
  /** Uncompressed, as the directory claims. */
  readonly sizeBytes: number;
  readonly crc: number;
};

/**
 * Reads the central directory of a zip (PKWARE APPNOTE 6.3.10, section 4.3) and compares it with the header in front of
 * each file, so that no two programs can see different files in it. Nothing is unpacked here.
 */
export function readZipDirectory(bytes: Uint8Array): Result<readonly ZipItem[], PackageError> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const end = bytes.length - endBytes;
  if (end < 0 || view.getUint32(end, true) !== endSignature)
    return malformed("it has no directory");
  const entries = view.getUint16(end + 10, true);
  const directory = {
    start: view.getUint32(end + 16, true),
    sizeBytes: view.getUint32(end + 12, true),
  };
  if (entries === unknown16 || directory.start === unknown32) return unsupported("zip64");
  if (view.getUint32(end + 4, true) !== 0 || view.getUint16(end + 8, true) !== entries) {
    return unsupported("several volumes");
  }
  if (view.getUint16(end + 20, true) !== 0) return unsupported("a comment");
  if (entries > entriesMax) return err({ code: "too-many-entries", entries, entriesMax });
  if (directory.start + directory.sizeBytes !== end) {
    return malformed("its directory is not where its end says");
  }
  return readHeaders({ bytes, view, entries, start: directory.start, end });
}

type Directory = {
  readonly bytes: Uint8Array;
  readonly view: DataView;
  readonly entries: number;
  readonly start: number;
  readonly end: number;
};

function readHeaders(directory: Directory): Result<readonly ZipItem[], PackageError> {
  const headers: Header[] = [];
  let at = directory.start;
  for (let count = 0; count < directory.entries; count++) {
    const header = readHeader(directory, at);
    if (!header.ok) return header;
    headers.push(header.value);
    at = header.value.next;
  }
  if (at !== directory.end) return malformed("its directory has more than its entries");
  const items: ZipItem[] = [];
  let free = 0;
  for (const header of headers.toSorted((a, b) => a.offset - b.offset)) {
    if (header.offset < free) return malformed("its files overlap");
    const item = readItem(directory, header);
    if (!item.ok) return item;
    free = item.value.end;
    if (!header.path.endsWith("/")) items.push(item.value.item);
    else if (header.sizeBytes > 0) return malformed(`the folder ${header.path} has content`);
  }
  return ok(items);
}

type Header = {
  readonly path: string;
  readonly flags: number;
  readonly method: number;
  readonly crc: number;
  readonly storedBytes: number;
  readonly sizeBytes: number;
  readonly offset: number;
  readonly next: number;
};

/** Section 4.3.12. */
function readHeader({ bytes, view, end }: Directory, at: number): Result<Header, PackageError> {
  if (at + headerBytes > end || view.getUint32(at, true) !== headerSignature) {
    return malformed("its directory is cut off");
  }
  const pathEnd = at + headerBytes + view.getUint16(at + 28, true);
  const next = pathEnd + view.getUint16(at + 30, true) + view.getUint16(at + 32, true);
  if (next > end) return malformed("its directory is cut off");
  const path = unpackText(bytes.subarray(at + headerBytes, pathEnd));
  if (path === undefined) return malformed("a path is not UTF-8");
  const header = {
    path,
    flags: view.getUint16(at + 8, true),
    method: view.getUint16(at + 10, true),
    crc: view.getUint32(at + 16, true),
    storedBytes: view.getUint32(at + 20, true),
    sizeBytes: view.getUint32(at + 24, true),
    offset: view.getUint32(at + 42, true),
    next,
  };
  const unixMode = view.getUint16(at + 40, true);
  if ((unixMode & typeMask) === symbolicLink) return unsupported("symbolic links");
  if ((header.flags & encryptionFlags) !== 0) return unsupported("encryption");
  if (header.method !== stored && header.method !== deflated) return unsupported("its compression");
  if ([header.storedBytes, header.sizeBytes, header.offset].includes(unknown32)) {
    return unsupported("zip64");
  }
  return ok(header);
}

/** Section 4.3.7: what stands in front of the file's data has to say the same. */
function readItem(
  { bytes, view, start: limit }: Directory,
  header: Header,
): Result<{ readonly item: ZipItem; readonly end: number }, PackageError> {
  const { path, offset, method, crc, storedBytes, sizeBytes } = header;
  const differs = malformed(`the header of ${path} is not what the directory says`);
  const nameAt = offset + localBytes;
  if (nameAt > limit || view.getUint32(offset, true) !== localSignature) return differs;
  const nameEnd = nameAt + view.getUint16(offset + 26, true);
  const start = nameEnd + view.getUint16(offset + 28, true);
  const end = start + storedBytes;
  if (end > limit) return malformed(`${path} is cut off`);
  if (unpackText(bytes.subarray(nameAt, nameEnd)) !== path) return differs;
  if (view.getUint16(offset + 6, true) !== header.flags) return differs;
  if (view.getUint16(offset + 8, true) !== method) return differs;
  const sizesFollow = (header.flags & sizesFollowFlag) !== 0;
  const same =
    view.getUint32(offset + 14, true) === crc &&
    view.getUint32(offset + 18, true) === storedBytes &&
    view.getUint32(offset + 22, true) === sizeBytes;
  if (!sizesFollow && !same) return differs;
  if (method === stored && storedBytes !== sizeBytes) return malformed(`${path} is cut off`);
  const kind = method === stored ? "stored" : "deflated";
  const data = bytes.subarray(start, end);
  return ok({ item: { path, method: kind, data, sizeBytes, crc }, end });
}

const endSignature = 0x06054b50;
const endBytes = 22;
const headerSignature = 0x02014b50;
const headerBytes = 46;
const localSignature = 0x04034b50;
const localBytes = 30;
const stored = 0;
const deflated = 8;
/** Section 4.4.4: bits 0, 6 and 13. */
const encryptionFlags = 0x2041;
/** Bit 3: the header in front has no sizes, they follow the data. */
const sizesFollowFlag = 0x0008;
const unknown16 = 0xffff;
const unknown32 = 0xffffffff;
const typeMask = 0xf000;
const symbolicLink = 0xa000;

function malformed(reason: string): Result<never, PackageError> {
  return err({ code: "zip-malformed", reason });
}

function unsupported(feature: string): Result<never, PackageError> {
  return err({ code: "zip-unsupported", feature });
}
