import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { err, ok } from "@kith/protocol/result";
import type { Result } from "@kith/protocol/result";

import { Connection, errorCodeOf, errorMessageOf } from "./sqlite.ts";

export type FolderLockError =
  /** Another node works in this folder. */
  | { readonly code: "folder-in-use"; readonly folder: string; readonly pid?: number }
  | { readonly code: "folder-unusable"; readonly folder: string; readonly message: string };

export type FolderLock = { release(): void };

/**
 * Keeps other nodes out of a data folder. The lock is SQLite's exclusive lock on a file of its own, which the kernel
 * takes back when the process ends in whatever way.
 */
export function lockFolder(folder: string): Result<FolderLock, FolderLockError> {
  const pidPath = join(folder, "node.pid");
  try {
    mkdirSync(folder, { recursive: true });
    const connection = new Connection(join(folder, "node.lock"));
    try {
      connection.exec("PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE");
    } catch (error) {
      connection.close();
      if (!errorCodeOf(error).startsWith("SQLITE_BUSY")) throw error;
      const pid = readPid(pidPath);
      return err({ code: "folder-in-use", folder, ...(pid === undefined ? {} : { pid }) });
    }
    writeFileSync(pidPath, `${process.pid}\n`);
    held.add(connection);
    const release = (): void => {
      held.delete(connection);
      connection.close();
    };
    return ok({ release });
  } catch (error) {
    return err({ code: "folder-unusable", folder, message: errorMessageOf(error) });
  }
}

/** A connection that nobody refers to is closed by the garbage collector, and its lock is gone. */
const held = new Set<Connection>();

function readPid(path: string): number | undefined {
  try {
    const pid = Number(readFileSync(path, "utf8").trim());
    return Number.isSafeInteger(pid) ? pid : undefined;
  } catch {
    return undefined;
  }
}
