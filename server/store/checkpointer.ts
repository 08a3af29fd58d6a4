import AsyncDatabase from "libsql/promise";

import type { Connection } from "./sqlite.ts";
import type { WalIndex } from "./wal-index.ts";

export type CheckpointerPorts = {
  readonly databasePath: string;
  /** The writing connection. */
  readonly writer: Connection;
  readonly walIndex: WalIndex;
  readonly framesMax: number;
  /** A failed checkpoint: what it was moving stays in the log, but the disk cannot be trusted any more. */
  readonly onBroken: (error: unknown) => void;
};

/**
 * Moves frames from the write-ahead log into the database when there are more than `framesMax`: most of them on the
 * driver's own thread, while the writer goes on; the few that came meanwhile just before the next write, so that the
 * log is empty then and starts again at its beginning. Without that last step it would grow for as long as there is load.
 */
export class Checkpointer {
  private readonly ports: CheckpointerPorts;
  private background: AsyncDatabase | undefined;
  private running: Promise<boolean> | undefined;
  private finishing = false;
  private closed = false;

  constructor(ports: CheckpointerPorts) {
    this.ports = ports;
  }

  beforeWrite(): void {
    if (!this.finishing) return;
    this.finishing = false;
    this.ports.writer.pragma("wal_checkpoint(PASSIVE)");
  }

  afterWrite(): void {
    if (this.running !== undefined || this.finishing) return;
    if (this.ports.walIndex.read().frames > this.ports.framesMax) void this.start();
  }

  /**
   * Everything that was committed before the call is in the database file, and that is on disk, when this resolves with
   * true. A checkpoint that is under way may have begun before: then another follows. False when somebody who reads an
   * older state on another connection holds up a part of it: nothing is moved that would change what they read.
   */
  async all(): Promise<boolean> {
    await this.running;
    return this.start();
  }

  async close(): Promise<void> {
    this.closed = true;
    await this.running;
    this.background?.close();
  }

  private start(): Promise<boolean> {
    if (this.closed) return Promise.resolve(false);
    this.running ??= this.run().finally(() => {
      this.running = undefined;
    });
    return this.running;
  }

  private async run(): Promise<boolean> {
    const { walIndex } = this.ports;
    const before = walIndex.read();
    try {
      this.background ??= new AsyncDatabase(this.ports.databasePath, {});
      const statement = await this.background.prepare("PRAGMA wal_checkpoint(PASSIVE)");
      const moved = framesMoved(await statement.all());
      this.finishing = true;
      // A log that has started again had been moved whole.
      return moved >= before.frames || walIndex.read().salts.join() !== before.salts.join();
    } catch (error) {
      this.ports.onBroken(error);
      return false;
    }
  }
}

/** SQLite answers with one row: whether it had to give way to a writer, the frames of the log, and those that are moved. */
function framesMoved(rows: readonly unknown[]): number {
  const [row] = rows;
  if (typeof row !== "object" || row === null || !("checkpointed" in row)) return -1;
  return Number(row.checkpointed);
}
