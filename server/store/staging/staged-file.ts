import { existsSync, readFileSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";

import { Connection, numberOf } from "../sqlite.ts";
import { syncPath, writeWhole } from "../write-whole.ts";

/** Where a state.db is made that is to take the place of the node's own. */
export function stagedFolder(dataFolder: string): string {
  return join(dataFolder, "staged");
}

const readyName = "ready";

/**
 * From here on the staged state counts, whatever happens: the next start puts it in its place, unless blocks have brought the
 * node's own state further. Everything else in the folder is on the disk.
 */
export function markReady(folder: string, num: number): void {
  writeWhole(join(folder, readyName), `${num}\n`);
}

/** At the start of a node, when nobody has state.db open: finishes what a crash has interrupted. */
export function settleStaged(dataFolder: string): void {
  const folder = stagedFolder(dataFolder);
  const ready = join(folder, readyName);
  if (!existsSync(ready)) return;
  const num = Number(readFileSync(ready, "utf8"));
  if (num > appliedIn(join(dataFolder, "state.db"))) takePlace(dataFolder);
  else rmSync(folder, { recursive: true, force: true });
}

/** The staged file becomes state.db, in one step; nobody may have that open. It was marked as ready before. */
export function takePlace(dataFolder: string): void {
  const folder = stagedFolder(dataFolder);
  const own = join(dataFolder, "state.db");
  const staged = join(folder, "state.db");
  if (existsSync(staged)) {
    // What is in the old file's log must not be taken for the new one's.
    for (const suffix of ["-wal", "-shm", "-journal"]) rmSync(`${own}${suffix}`, { force: true });
    syncPath(dataFolder);
    renameSync(staged, own);
    syncPath(dataFolder);
  }
  rmSync(folder, { recursive: true, force: true });
}

/** 0 for a file that is not there, or cannot be read: it would be made again anyway. */
function appliedIn(path: string): number {
  if (!existsSync(path)) return 0;
  try {
    const connection = new Connection(path);
    try {
      return numberOf(connection.prepare("SELECT max(num) FROM applied").get()?.[0]);
    } finally {
      connection.close();
    }
  } catch {
    return 0;
  }
}
