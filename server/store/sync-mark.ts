import { closeSync, fsyncSync, openSync, readFileSync, writeSync } from "node:fs";

import { sha256Hex } from "@kith/protocol/hashes";

import type { WalSalts } from "./wal-check.ts";

/**
 * How far log.db was known to be on disk: written without an fsync after each fsync of the write-ahead log. It may be
 * behind after a power cut, never ahead, so damage to what it covers is damage to something that was answered for, and
 * not an unfinished write.
 */
export type SyncMark = {
  /** Of the write-ahead log; 0 and 0 when everything is in log.db itself. */
  readonly salts: WalSalts;
  readonly frames: number;
  /** What identifies the contents then: the newest block and the vote. */
  readonly head: string;
};

export class SyncMarkFile {
  private readonly descriptor: number;

  constructor(path: string) {
    this.descriptor = openSync(path, "a+");
    closeSync(this.descriptor);
    this.descriptor = openSync(path, "r+");
  }

  write(mark: SyncMark): void {
    const text = JSON.stringify(mark);
    const line = `${checksumOf(text)} ${text}`.padEnd(lineBytes - 1);
    writeSync(this.descriptor, `${line}\n`, 0);
  }

  flush(): void {
    fsyncSync(this.descriptor);
  }

  close(): void {
    closeSync(this.descriptor);
  }
}

const lineBytes = 320;

/** Undefined when there is none or it is not whole: then it says nothing. */
export function readSyncMark(path: string): SyncMark | undefined {
  let line: string;
  try {
    line = readFileSync(path, "latin1").trimEnd();
  } catch {
    return undefined;
  }
  const text = line.slice(checksumChars + 1);
  if (line.slice(0, checksumChars) !== checksumOf(text)) return undefined;
  // The checksum says that this program wrote it.
  const { salts, frames, head }: SyncMark = JSON.parse(text);
  return { salts, frames, head };
}

const checksumChars = 16;

function checksumOf(text: string): string {
  return sha256Hex(Buffer.from(text)).slice(0, checksumChars);
}
