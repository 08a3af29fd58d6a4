import { errorCodeOf, errorMessageOf } from "./sqlite.ts";

export type BrokenCode =
  /** No room on the disk, or a quota is used up. */
  | "disk-full"
  /** The file's contents contradict themselves. */
  | "file-corrupt"
  /** A write or an fsync failed; nobody knows what is on the disk now, so it is never tried again. */
  | "write-failed";

/** The disk cannot be relied on any more: the node stops and says so. */
export class StoreBroken extends Error {
  readonly code: BrokenCode;
  readonly file: string;
  /** SQLite's or the system's own code. */
  readonly systemCode: string;

  constructor(file: string, systemCode: string, message: string) {
    super(`${file}: ${adviceByCode[brokenCodeOf(systemCode)]} (${systemCode}: ${message})`);
    this.code = brokenCodeOf(systemCode);
    this.file = file;
    this.systemCode = systemCode;
  }
}

export function storeBrokenOf(file: string, error: unknown): StoreBroken {
  if (error instanceof StoreBroken) return error;
  return new StoreBroken(file, errorCodeOf(error), errorMessageOf(error));
}

const adviceByCode = {
  "disk-full": "the disk is full; make room and start the node again",
  "file-corrupt": "the file is damaged; look at the disk, then repair or rejoin",
  "write-failed": "writing failed; look at the disk before the node is started again",
} as const satisfies Record<BrokenCode, string>;

function brokenCodeOf(systemCode: string): BrokenCode {
  switch (systemCode) {
    case "SQLITE_FULL":
    // SQLite cannot make its index of the write-ahead log larger.
    case "SQLITE_IOERR_SHMSIZE":
    case "ENOSPC":
    case "EDQUOT":
      return "disk-full";
    case "SQLITE_CORRUPT":
    case "SQLITE_NOTADB":
      return "file-corrupt";
    default:
      return systemCode.startsWith("SQLITE_CORRUPT") ? "file-corrupt" : "write-failed";
  }
}
