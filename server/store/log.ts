import { closeSync, fsyncSync, mkdirSync, openSync, writeSync } from "node:fs";
import { dirname, join } from "node:path";

import { blockNumOf } from "@kith/protocol/ids";
import type { BlockId, BlockNum } from "@kith/protocol/ids";
import { err, ok } from "@kith/protocol/result";
import type { Result } from "@kith/protocol/result";

import { BlockLog, headOf } from "./block-log.ts";
import { CertificateRows } from "./certificate-rows.ts";
import { openFileSync } from "./file-sync.ts";
import type { FileSync } from "./file-sync.ts";
import { logWalBytesInitial, tailBlocksChecked } from "./limits.ts";
import { LogRows } from "./log-rows.ts";
import type { LogStore } from "./log-store.ts";
import { migrate } from "./migrate.ts";
import type { MigrateError } from "./migrate.ts";
import { Connection, errorCodeOf, errorMessageOf } from "./sqlite.ts";
import type { StoreBroken } from "./store-broken.ts";
import { readSyncMark, SyncMarkFile } from "./sync-mark.ts";
import type { SyncMark } from "./sync-mark.ts";
import { checkWal } from "./wal-check.ts";
import type { WalCheck, WalDamage } from "./wal-check.ts";
import { syncPath } from "./write-whole.ts";

export type OpenLogOptions = {
  readonly folder: string;
  /** The log of another chain is refused; a new log is marked as this chain's. */
  readonly chain?: BlockId;
  /** Told once, when a write or an fsync failed: nothing is durable from then on, and the node has to stop. */
  readonly onBroken: (broken: StoreBroken) => void;
  /** How the write-ahead log is brought to the disk; for tests of a failing disk. */
  readonly openSync?: (walPath: string) => FileSync;
};

export type OpenedLog = { readonly log: LogStore; readonly notes: readonly LogNote[] };

/** What was found that does not keep the node from running. */
export type LogNote =
  /** The last write was not finished; nobody was told that it was, so it is gone. */
  | { readonly kind: "torn-tail"; readonly frames: number }
  /** To be read again from peers (`repairBlock`). */
  | { readonly kind: "corrupt-blocks"; readonly nums: readonly BlockNum[] };

/** Something that this node promised to keep is lost: it must not go on as if it had never had it. */
export type LogCorrupt = {
  readonly code: "log-corrupt";
  readonly file: "log.db" | "log.db-wal";
  readonly why:
    | WalDamage
    /** The write-ahead log ends before the place up to which it was on disk. */
    | "frames-missing"
    /** The newest block or the vote is not the one that was last on disk. */
    | "end-missing"
    /** The newest block cannot be identified. */
    | "end-damaged";
  /** Where in the file, where that is known. */
  readonly offset?: number;
};

export type OpenLogError =
  | LogCorrupt
  | MigrateError
  /** The row that holds term and vote is not what was written. */
  | { readonly code: "vote-corrupt" }
  | { readonly code: "log-unreadable"; readonly sqliteCode: string; readonly message: string }
  | { readonly code: "other-chain"; readonly chain: string };

type LogPaths = { readonly database: string; readonly wal: string; readonly mark: string };

/** Opens (or makes) `log.db`. The folder has to be locked (`lockFolder`). */
export function openLog(options: OpenLogOptions): Result<OpenedLog, OpenLogError> {
  const paths = {
    database: join(options.folder, "log.db"),
    wal: join(options.folder, "log.db-wal"),
    mark: join(options.folder, "log.synced"),
  };
  try {
    mkdirSync(options.folder, { recursive: true });
    const wal = checkWal(paths.wal);
    const mark = readSyncMark(paths.mark);
    const lost = lostFrames(wal, mark);
    if (lost !== undefined) return err(lost);
    const connection = openConnection(paths.database);
    const opened = openChecked(paths, { options, connection, wal, mark });
    if (!opened.ok) connection.close();
    return opened;
  } catch (error) {
    const sqliteCode = errorCodeOf(error);
    return err({ code: "log-unreadable", sqliteCode, message: errorMessageOf(error) });
  }
}

type Found = {
  readonly options: OpenLogOptions;
  readonly connection: Connection;
  readonly wal: WalCheck;
  readonly mark: SyncMark | undefined;
};

function openChecked(paths: LogPaths, found: Found): Result<OpenedLog, OpenLogError> {
  const { connection, options, wal } = found;
  const migrated = migrate(connection, "log");
  if (!migrated.ok) return migrated;
  const rows = new LogRows(connection);
  const head = checkContents(rows, found);
  if (!head.ok) return head;
  if (options.chain !== undefined) rows.writeMeta("chain", options.chain);

  const mark = new SyncMarkFile(paths.mark);
  settle(paths, { connection, mark, head: head.value });
  const sync = (options.openSync ?? openFileSync)(paths.wal);
  const { onBroken } = options;
  const databasePath = paths.database;
  const certificates = new CertificateRows(connection);
  const log = new BlockLog({ databasePath, connection, rows, certificates, sync, mark, onBroken });

  const range = log.range();
  const from = Math.max(range?.first ?? 1, (range?.last ?? 0) - tailBlocksChecked + 1);
  const nums = log.scrub(blockNumOf(from), tailBlocksChecked);
  const notes: LogNote[] = [];
  const torn = wal.kind === "readable" ? wal.framesTorn : 0;
  if (torn > 0) notes.push({ kind: "torn-tail", frames: torn });
  if (nums.length > 0) notes.push({ kind: "corrupt-blocks", nums });
  return ok({ log, notes });
}

/** What identifies the contents, when they are this chain's and nothing that was on disk is missing at their end. */
function checkContents(rows: LogRows, { options, wal, mark }: Found): Result<string, OpenLogError> {
  const chain = rows.readMeta("chain");
  if (chain !== undefined && options.chain !== undefined && chain !== options.chain) {
    return err({ code: "other-chain", chain });
  }
  const head = headOf(rows);
  if (!head.ok) return err({ code: "vote-corrupt" });
  if (mark !== undefined && tellsContents(mark, wal) && mark.head !== head.value) {
    return err({ code: "log-corrupt", file: "log.db", why: "end-missing" });
  }
  const last = rows.range()?.last;
  if (last !== undefined && rows.readRef(last) === undefined) {
    return err({ code: "log-corrupt", file: "log.db", why: "end-damaged" });
  }
  return head;
}

/**
 * Brings everything into the database file, and then fills the write-ahead log with zeros: SQLite takes that for an
 * empty log and writes over it, and what exists already is faster to fsync than what grows.
 */
function settle(
  paths: LogPaths,
  found: { readonly connection: Connection; readonly mark: SyncMarkFile; readonly head: string },
): void {
  const { connection, mark, head } = found;
  const [busy] = connection.pragma("wal_checkpoint(TRUNCATE)");
  if (busy !== 0) throw new Error("another process uses log.db");
  mark.write({ salts: [0, 0], frames: 0, head });
  mark.flush();
  const descriptor = openSync(paths.wal, "r+");
  writeSync(descriptor, new Uint8Array(logWalBytesInitial), 0);
  fsyncSync(descriptor);
  closeSync(descriptor);
  syncPath(dirname(paths.wal));
  connection.exec("PRAGMA synchronous = NORMAL");
}

function lostFrames(wal: WalCheck, mark: SyncMark | undefined): LogCorrupt | undefined {
  switch (wal.kind) {
    case "empty":
      return undefined;
    case "corrupt":
      return { code: "log-corrupt", file: "log.db-wal", why: wal.why, offset: wal.offset };
    case "readable":
      return mark !== undefined && isSameWal(mark, wal) && wal.frames < mark.frames
        ? { code: "log-corrupt", file: "log.db-wal", why: "frames-missing", offset: wal.offset }
        : undefined;
  }
}

/** Whether the mark was written for exactly these contents, so that they have to be there. */
function tellsContents(mark: SyncMark, wal: WalCheck): boolean {
  if (wal.kind !== "readable") return true;
  return isSameWal(mark, wal) && wal.frames === mark.frames;
}

function isSameWal(mark: SyncMark, { salts }: Extract<WalCheck, { kind: "readable" }>): boolean {
  return mark.salts[0] === salts[0] && mark.salts[1] === salts[1];
}

function openConnection(path: string): Connection {
  const connection = new Connection(path);
  connection.pragma("journal_mode = WAL");
  connection.exec("PRAGMA synchronous = FULL");
  connection.exec("PRAGMA wal_autocheckpoint = 0");
  return connection;
}
