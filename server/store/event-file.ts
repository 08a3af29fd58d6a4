import { mkdirSync } from "node:fs";
import { join } from "node:path";

import { bytesOfTrustedHex, concatBytes } from "@kith/protocol/hashes";
import { blockNumOf, type BlockId, type BlockNum } from "@kith/protocol/ids";
import { eventIndexesMax } from "@kith/protocol/limits";
import type { MerkleNode } from "@kith/protocol/merkle";
import { err, ok, type Result } from "@kith/protocol/result";

import { Checkpointer } from "./checkpointer.ts";
import type { BlockSpan, EventBlock } from "./event-store.ts";
import { VersionRows, type NumberedVersion } from "./event-versions.ts";
import { eventWalFramesMax } from "./limits.ts";
import { migrate, type MigrateError } from "./migrate.ts";
import type { PendingEvent } from "./pending-events.ts";
import {
  Connection,
  errorCodeOf,
  errorMessageOf,
  numberOf,
  textOf,
  type Statement,
} from "./sqlite.ts";
import { WalIndex } from "./wal-index.ts";

export type OpenEventsError =
  | MigrateError
  /** events.db is damaged. Nothing depends on it: it may be deleted, and then history begins anew. */
  | { readonly code: "events-unreadable"; readonly sqliteCode: string; readonly message: string }
  /** The file is left from another network. */
  | { readonly code: "events-of-other-chain"; readonly chain: string };

/** Opens (or makes) `events.db` for writing. `onBroken` hears of a checkpoint that failed. */
export function openEventFile(
  { folder, chain }: { readonly folder: string; readonly chain: BlockId | undefined },
  onBroken: (error: unknown) => void,
): Result<EventFile, OpenEventsError> {
  try {
    mkdirSync(folder, { recursive: true });
    const path = eventsPathOf(folder);
    const connection = new Connection(path);
    connection.pragma("journal_mode = WAL");
    connection.exec("PRAGMA synchronous = NORMAL");
    connection.exec("PRAGMA wal_autocheckpoint = 0");
    const migrated = migrate(connection, "events");
    const labelled = migrated.ok ? checkChain(connection, chain) : migrated;
    if (!labelled.ok) {
      connection.close();
      return labelled;
    }
    return ok(new EventFile(path, connection, onBroken));
  } catch (error) {
    const sqliteCode = errorCodeOf(error);
    return err({ code: "events-unreadable", sqliteCode, message: errorMessageOf(error) });
  }
}

/** A new file is marked as this chain's. */
function checkChain(
  connection: Connection,
  chain: BlockId | undefined,
): Result<undefined, OpenEventsError> {
  if (chain === undefined) return ok(undefined);
  const found = connection.prepare("SELECT value FROM labels WHERE name = 'chain'").get();
  if (found === undefined) {
    connection.prepare("INSERT INTO labels VALUES ('chain', ?)").run(chain);
    return ok(undefined);
  }
  const known = textOf(found[0]);
  return known === chain ? ok(undefined) : err({ code: "events-of-other-chain", chain: known });
}

export function eventsPathOf(folder: string): string {
  return join(folder, "events.db");
}

/** Writes to `events.db`; everything between `begin` and `commit` counts together, or not at all. */
export class EventFile {
  readonly path: string;
  readonly connection: Connection;
  readonly versions: VersionRows;
  private readonly walIndex: WalIndex;
  private readonly checkpointer: Checkpointer;
  private readonly statements: EventStatements;

  constructor(path: string, connection: Connection, onBroken: (error: unknown) => void) {
    this.path = path;
    this.connection = connection;
    this.versions = new VersionRows(connection);
    this.statements = prepareStatements(connection);
    // The wal-index exists once something is read.
    this.completeNum();
    this.walIndex = new WalIndex(path);
    this.checkpointer = new Checkpointer({
      databasePath: path,
      writer: connection,
      walIndex: this.walIndex,
      framesMax: eventWalFramesMax,
      onBroken,
    });
  }

  /** The last block whose events are in the file. */
  completeNum(): BlockNum {
    const found = this.statements.getMark.get("complete");
    return blockNumOf(found === undefined ? 0 : numberOf(found[0]));
  }

  begin(): void {
    this.checkpointer.beforeWrite();
    this.connection.exec("BEGIN IMMEDIATE");
  }

  commit(): void {
    this.connection.exec("COMMIT");
    this.checkpointer.afterWrite();
  }

  putComplete(num: BlockNum): void {
    this.statements.putMark.run("complete", num);
  }

  putGap({ first, last }: BlockSpan): void {
    this.statements.putGap.run(first, last);
  }

  putVersion(version: NumberedVersion): void {
    this.versions.insert(version);
  }

  putEvent({ sequence, version, event, indexValues }: PendingEvent): void {
    const { data, transactionId, merkle } = event;
    const values = Array.from({ length: eventIndexesMax }, (_, at) => indexValues[at] ?? null);
    this.statements.putEvent.run(
      sequence,
      version.id,
      bytesOfTrustedHex(transactionId),
      data,
      merkle?.id ?? null,
      merkle?.index ?? null,
      ...values,
    );
  }

  /** What came of one version. */
  addSize(versionId: number, sizeBytes: number): void {
    this.statements.addSize.run(sizeBytes, versionId);
  }

  putBlock({ num, time, tree }: EventBlock): void {
    const { before, leaves } = tree;
    if (leaves.length === 0) {
      this.statements.putBlock.run(num, time, null, null, null);
      return;
    }
    const firstId = before.events + 1;
    this.statements.putBlock.run(num, time, before.blocks.leaves, firstId, concatBytes(...leaves));
  }

  putNode({ height, index, hash }: MerkleNode): void {
    this.statements.putNode.run(height, index, hash);
  }

  async close(): Promise<void> {
    await this.checkpointer.close();
    this.connection.close();
    this.walIndex.close();
  }
}

type EventStatements = Readonly<
  Record<
    "getMark" | "putMark" | "putGap" | "putEvent" | "addSize" | "putBlock" | "putNode",
    Statement
  >
>;

function prepareStatements(connection: Connection): EventStatements {
  const values = Array.from({ length: 6 + eventIndexesMax }, () => "?").join(", ");
  return {
    getMark: connection.prepare("SELECT value FROM marks WHERE name = ?"),
    putMark: connection.prepare("INSERT OR REPLACE INTO marks VALUES (?, ?)"),
    putGap: connection.prepare("INSERT OR REPLACE INTO gaps VALUES (?, ?)"),
    putEvent: connection.prepare(`INSERT INTO events VALUES (${values})`),
    addSize: connection.prepare("UPDATE event_types SET size_bytes = size_bytes + ? WHERE id = ?"),
    putBlock: connection.prepare("INSERT INTO event_blocks VALUES (?, ?, ?, ?, ?)"),
    putNode: connection.prepare("INSERT OR REPLACE INTO event_tree VALUES (?, ?, ?)"),
  };
}
