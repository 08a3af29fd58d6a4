import { closeSync, fstatSync, openSync, readSync } from "node:fs";

/**
 * What a write-ahead log holds (https://sqlite.org/fileformat2.html section 4). SQLite itself stops reading at the
 * first frame whose checksum is wrong and drops the rest without a word; this says what the rest was.
 */
export type WalCheck =
  /** No file, or nothing but the zeros that it was filled with. */
  | { readonly kind: "empty" }
  | {
      readonly kind: "readable";
      readonly salts: WalSalts;
      /** Frames up to the last commit: what SQLite will find. */
      readonly frames: number;
      /** Where they end. */
      readonly offset: number;
      /** Frames of one last transaction that was not written to its end. */
      readonly framesTorn: number;
    }
  | { readonly kind: "corrupt"; readonly offset: number; readonly why: WalDamage };

export type WalSalts = readonly [number, number];

export type WalDamage =
  /** The file has content, and SQLite would ignore all of it. */
  | "header-damaged"
  /** Whole transactions follow a frame that cannot be read: it was on disk once, and answers may rest on it. */
  | "frame-damaged";

const headerBytes = 32;
const frameHeaderBytes = 24;
const magicLittleEndian = 0x377f0682;
const magicBigEndian = 0x377f0683;

export function checkWal(path: string): WalCheck {
  let descriptor: number;
  try {
    descriptor = openSync(path, "r");
  } catch {
    return { kind: "empty" };
  }
  try {
    return checkOpenWal(descriptor, fstatSync(descriptor).size);
  } finally {
    closeSync(descriptor);
  }
}

function checkOpenWal(descriptor: number, sizeBytes: number): WalCheck {
  const header = decodeHeader(readAt(descriptor, 0, headerBytes));
  if (header === undefined) {
    return isAllZero(descriptor, sizeBytes)
      ? { kind: "empty" }
      : { kind: "corrupt", offset: 0, why: "header-damaged" };
  }
  const slotBytes = frameHeaderBytes + header.pageBytes;
  const slots = Math.floor((sizeBytes - headerBytes) / slotBytes);
  let checksum = header.checksum;
  let frames = 0;
  let slot = 0;
  for (; slot < slots; slot += 1) {
    const frame = readAt(descriptor, headerBytes + slot * slotBytes, slotBytes);
    const next = checksumAfterFrame(frame, checksum, header.littleEndian);
    if (!hasSalts(frame, header.salts) || !isChecksumOf(frame, next)) break;
    checksum = next;
    if (isCommit(frame)) frames = slot + 1;
  }
  const rest = lookBehind(descriptor, header, { slot, slots });
  if (rest.laterTransaction) {
    return { kind: "corrupt", offset: headerBytes + slot * slotBytes, why: "frame-damaged" };
  }
  const framesTorn = slot - frames + rest.current;
  const offset = headerBytes + frames * slotBytes;
  return { kind: "readable", salts: header.salts, frames, offset, framesTorn };
}

/**
 * Frames at and behind the first one that cannot be read. Only one transaction at a time is ever not yet on disk, so
 * frames of this log that follow a commit belong to a transaction that began when everything before was on disk.
 */
function lookBehind(
  descriptor: number,
  header: WalHeader,
  { slot, slots }: { readonly slot: number; readonly slots: number },
): { readonly current: number; readonly laterTransaction: boolean } {
  let current = 0;
  let committed = false;
  for (let index = slot; index < slots; index += 1) {
    const offset = headerBytes + index * (frameHeaderBytes + header.pageBytes);
    const frame = readAt(descriptor, offset, frameHeaderBytes);
    if (!hasSalts(frame, header.salts)) continue;
    if (committed) return { current, laterTransaction: true };
    current += 1;
    committed = isCommit(frame);
  }
  return { current, laterTransaction: false };
}

type WalHeader = {
  readonly littleEndian: boolean;
  readonly pageBytes: number;
  readonly salts: WalSalts;
  readonly checksum: Checksum;
};

type Checksum = readonly [number, number];

function decodeHeader(bytes: Uint8Array): WalHeader | undefined {
  if (bytes.length < headerBytes) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const magic = view.getUint32(0);
  if (magic !== magicLittleEndian && magic !== magicBigEndian) return undefined;
  const littleEndian = magic === magicLittleEndian;
  const checksum = checksumOver(bytes.subarray(0, 24), [0, 0], littleEndian);
  if (view.getUint32(24) !== checksum[0] || view.getUint32(28) !== checksum[1]) return undefined;
  const salts: WalSalts = [view.getUint32(16), view.getUint32(20)];
  return { littleEndian, pageBytes: view.getUint32(8), salts, checksum };
}

function checksumAfterFrame(frame: Uint8Array, before: Checksum, littleEndian: boolean): Checksum {
  const afterHeader = checksumOver(frame.subarray(0, 8), before, littleEndian);
  return checksumOver(frame.subarray(frameHeaderBytes), afterHeader, littleEndian);
}

function checksumOver(bytes: Uint8Array, before: Checksum, littleEndian: boolean): Checksum {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let [first, second] = before;
  for (let offset = 0; offset + 8 <= bytes.length; offset += 8) {
    first = (first + view.getUint32(offset, littleEndian) + second) >>> 0;
    second = (second + view.getUint32(offset + 4, littleEndian) + first) >>> 0;
  }
  return [first, second];
}

function hasSalts(frame: Uint8Array, [first, second]: WalSalts): boolean {
  return uint32At(frame, 8) === first && uint32At(frame, 12) === second;
}

function isChecksumOf(frame: Uint8Array, [first, second]: Checksum): boolean {
  return uint32At(frame, 16) === first && uint32At(frame, 20) === second;
}

/** A commit frame carries the size of the database, all others carry 0. */
function isCommit(frame: Uint8Array): boolean {
  return uint32At(frame, 4) !== 0;
}

function uint32At(bytes: Uint8Array, offset: number): number {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getUint32(offset);
}

function readAt(descriptor: number, offset: number, length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  const count = readSync(descriptor, bytes, 0, length, offset);
  return bytes.subarray(0, count);
}

function isAllZero(descriptor: number, sizeBytes: number): boolean {
  const stepBytes = 1024 * 1024;
  for (let offset = 0; offset < sizeBytes; offset += stepBytes) {
    if (readAt(descriptor, offset, stepBytes).some((byte) => byte !== 0)) return false;
  }
  return true;
}
