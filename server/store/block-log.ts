import type { Ballot } from "@kith/protocol/ballot";
import type { SealedBlock } from "@kith/protocol/block";
import { blockNumOf, termOf } from "@kith/protocol/ids";
import type { BlockNum } from "@kith/protocol/ids";
import type { CertifiedHeader } from "@kith/protocol/light-client";
import { err, ok } from "@kith/protocol/result";
import type { Result } from "@kith/protocol/result";

import { BlockCache } from "./block-cache.ts";
import type { CertificateRows } from "./certificate-rows.ts";
import { CertificateShelf } from "./certificate-shelf.ts";
import { Checkpointer } from "./checkpointer.ts";
import type { FileSync } from "./file-sync.ts";
import { droppedBlocksMax, logWalFramesMax } from "./limits.ts";
import type { LogRows } from "./log-rows.ts";
import type { BlockRead, BlockRef, LogBatch, LogStore } from "./log-store.ts";
import type { Connection } from "./sqlite.ts";
import { storeBrokenOf } from "./store-broken.ts";
import type { StoreBroken } from "./store-broken.ts";
import type { SyncMarkFile } from "./sync-mark.ts";
import { WalIndex } from "./wal-index.ts";

export type LogPorts = {
  readonly databasePath: string;
  readonly connection: Connection;
  readonly rows: LogRows;
  readonly certificates: CertificateRows;
  readonly sync: FileSync;
  readonly mark: SyncMarkFile;
  readonly onBroken: (broken: StoreBroken) => void;
};

const nothing = (): void => undefined;

type Range = { readonly first: BlockNum; readonly last: BlockNum };

/** One thing to write, and whom to tell when it is on disk. */
type Write = { readonly write: () => void; readonly done: () => void };

/**
 * Group commit: what is given to the log during one turn of the event loop, or while the disk is busy, becomes one SQL
 * transaction and one fsync. The transaction is written on this thread without waiting (`synchronous = NORMAL`); only
 * then the write-ahead log is brought to the disk, and only after that anybody is told.
 */
export class BlockLog implements LogStore {
  private readonly ports: LogPorts;
  private readonly rows: LogRows;
  private readonly cache = new BlockCache();
  private readonly shelf: CertificateShelf;
  private readonly walIndex: WalIndex;
  private readonly checkpointer: Checkpointer;
  private currentBallot: Ballot;
  private currentRange: Range | undefined;
  /** From here on rows are in the file; behind `currentRange.first` while old blocks are being dropped. */
  private firstStored: BlockNum;
  private queue: Write[] = [];
  /** Whether something in the queue should not wait for more. */
  private isUrgent = false;
  private isScheduled = false;
  private isSyncing = false;
  private isBroken = false;
  private idleWaiters: (() => void)[] = [];

  constructor(ports: LogPorts) {
    this.ports = ports;
    this.rows = ports.rows;
    this.shelf = new CertificateShelf(ports.certificates);
    this.currentBallot = this.readStoredBallot();
    this.currentRange = this.rows.range();
    this.firstStored = this.currentRange?.first ?? blockNumOf(1);
    this.walIndex = new WalIndex(ports.databasePath);
    this.checkpointer = new Checkpointer({
      databasePath: ports.databasePath,
      writer: ports.connection,
      walIndex: this.walIndex,
      framesMax: logWalFramesMax,
      onBroken: (error) => this.break(error),
    });
  }

  ballot(): Ballot {
    return this.currentBallot;
  }

  range(): Range | undefined {
    return this.currentRange;
  }

  readBlock(num: BlockNum): BlockRead {
    if (!this.isInRange(num)) return { kind: "absent" };
    const cached = this.cache.get(num);
    if (cached !== undefined) return { kind: "found", block: cached };
    const read = this.rows.readBlock(num);
    return read.kind === "absent" ? { kind: "corrupt", num } : read;
  }

  blockRef(num: BlockNum): BlockRef | undefined {
    if (!this.isInRange(num)) return undefined;
    const cached = this.cache.get(num);
    if (cached !== undefined) return { id: cached.id, term: cached.header.term };
    return this.rows.readRef(num);
  }

  persist({ ballot, keepNum, blocks }: LogBatch, done: () => void): void {
    if (ballot !== undefined) this.currentBallot = ballot;
    if (keepNum !== undefined) this.keepUpTo(keepNum);
    const isFirst = this.currentRange === undefined;
    for (const block of blocks) this.extendTo(block);
    const first = isFirst ? blocks[0]?.header.blockNum : undefined;
    const write = (): void => {
      if (first !== undefined) this.rows.writeFirst(first);
      if (ballot !== undefined) this.rows.writeBallot(ballot);
      if (keepNum !== undefined) this.rows.truncateAfter(keepNum);
      for (const block of blocks) this.rows.append(block);
    };
    this.enqueue({ write, done });
  }

  repairBlock(block: SealedBlock, done: () => void): void {
    const num = block.header.blockNum;
    if (!this.isInRange(num)) throw new Error(`block ${num} is not in the log, so not repaired`);
    this.cache.delete(num);
    this.enqueue({ write: () => this.rows.repair(block), done });
  }

  restartAt(block: SealedBlock, done: () => void): void {
    const num = block.header.blockNum;
    this.cache.clear();
    this.currentRange = undefined;
    this.extendTo(block);
    const dropCertificates = this.shelf.dropBefore(num);
    const write = (): void => {
      dropCertificates();
      this.rows.truncateAfter(blockNumOf(0));
      this.rows.writeFirst(num);
      this.rows.append(block);
      this.firstStored = num;
    };
    this.enqueue({ write, done });
  }

  keepCertificate(certified: CertifiedHeader): void {
    if (this.isBroken) return;
    this.queue.push({ write: this.shelf.keep(certified), done: nothing });
    // Others go with the next block: whoever loses one makes or gets another.
    if (certified.header.newConsensus !== undefined) this.hurry();
  }

  certificate(from: BlockNum, to: BlockNum): CertifiedHeader | undefined {
    return this.shelf.find(from, to);
  }

  certifiedChanges(after: BlockNum, countMax: number): readonly CertifiedHeader[] {
    return this.shelf.changes(after, countMax);
  }

  dropBefore(first: BlockNum): void {
    const range = this.currentRange;
    if (range === undefined || first <= range.first) return;
    if (first > range.last) throw new Error(`dropping up to ${first} would leave no block`);
    this.currentRange = { first, last: range.last };
    this.cache.dropBefore(first);
    this.enqueue({ write: this.shelf.dropBefore(first), done: nothing });
    this.dropSome();
  }

  scrub(from: BlockNum, count: number): readonly BlockNum[] {
    const range = this.currentRange;
    if (range === undefined) return [];
    const damaged: BlockNum[] = [];
    const end = Math.min(range.last + 1, from + count);
    for (let num = Math.max(from, range.first); num < end; num += 1) {
      const read = this.rows.readBlock(blockNumOf(num));
      if (read.kind !== "found") damaged.push(blockNumOf(num));
    }
    return damaged;
  }

  async close(): Promise<void> {
    if (this.queue.length > 0) this.hurry();
    if (this.isBusy()) await new Promise<void>((resolve) => this.idleWaiters.push(resolve));
    await this.checkpointer.close();
    if (!this.isBroken) {
      this.ports.connection.pragma("wal_checkpoint(TRUNCATE)");
      this.ports.mark.write({ salts: [0, 0], frames: 0, head: this.head() });
      this.ports.mark.flush();
    }
    this.ports.connection.close();
    this.walIndex.close();
    this.ports.mark.close();
    this.ports.sync.close();
  }

  private enqueue(write: Write): void {
    if (this.isBroken) return;
    this.queue.push(write);
    this.hurry();
  }

  private hurry(): void {
    this.isUrgent = true;
    this.schedule();
  }

  /** Not at once: what the same turn sends leaves first, and what else it writes comes along. */
  private schedule(): void {
    if (this.isScheduled || this.isSyncing) return;
    this.isScheduled = true;
    setImmediate(() => {
      this.isScheduled = false;
      this.commitGroup();
    });
  }

  private commitGroup(): void {
    if (this.isBroken) return;
    const group = this.queue;
    this.queue = [];
    this.isUrgent = false;
    const { connection } = this.ports;
    try {
      this.checkpointer.beforeWrite();
      connection.exec("BEGIN IMMEDIATE");
      for (const { write } of group) write();
      connection.exec("COMMIT");
    } catch (error) {
      this.break(error);
      return;
    }
    this.cache.trim();
    this.isSyncing = true;
    const head = this.head();
    this.ports.sync.sync((error) => {
      if (error === undefined) this.groupIsDurable(group, head);
      else this.break(error);
    });
  }

  private groupIsDurable(group: readonly Write[], head: string): void {
    this.isSyncing = false;
    try {
      this.ports.mark.write({ ...this.walIndex.read(), head });
    } catch (error) {
      this.break(error);
      return;
    }
    for (const { done } of group) done();
    this.checkpointer.afterWrite();
    if (this.isUrgent) this.schedule();
    else this.wakeIdleWaiters();
  }

  /** Old rows go a few at a time, so that no transaction is long. */
  private dropSome(): void {
    const first = this.currentRange?.first ?? this.firstStored;
    const upTo = blockNumOf(Math.min(first, this.firstStored + droppedBlocksMax));
    const write = (): void => {
      this.rows.dropBefore(upTo);
      this.rows.writeFirst(upTo);
      this.firstStored = upTo;
    };
    const done = (): void => {
      if (this.firstStored < (this.currentRange?.first ?? 0)) this.dropSome();
    };
    this.enqueue({ write, done });
  }

  private break(error: unknown): void {
    if (this.isBroken) return;
    this.isBroken = true;
    this.queue = [];
    this.ports.onBroken(storeBrokenOf("log.db", error));
    this.wakeIdleWaiters();
  }

  private isBusy(): boolean {
    return !this.isBroken && (this.isScheduled || this.isSyncing);
  }

  private wakeIdleWaiters(): void {
    const waiters = this.idleWaiters;
    this.idleWaiters = [];
    for (const wake of waiters) wake();
  }

  private isInRange(num: BlockNum): boolean {
    const range = this.currentRange;
    return range !== undefined && num >= range.first && num <= range.last;
  }

  private keepUpTo(keepNum: BlockNum): void {
    this.cache.truncateAfter(keepNum);
    const range = this.currentRange;
    if (range === undefined || keepNum >= range.last) return;
    this.currentRange = keepNum < range.first ? undefined : { first: range.first, last: keepNum };
  }

  private extendTo(block: SealedBlock): void {
    const num = block.header.blockNum;
    const range = this.currentRange;
    if (range !== undefined && num !== range.last + 1) {
      throw new Error(`block ${num} cannot follow block ${range.last}`);
    }
    this.currentRange = { first: range?.first ?? num, last: num };
    this.cache.append(block);
    this.shelf.noteBlock(block.bytes.length);
  }

  private readStoredBallot(): Ballot {
    const ballot = this.rows.readBallot();
    if (!ballot.ok) throw new Error("the vote was checked before");
    return ballot.value ?? { term: termOf(0) };
  }

  /** What the file holds now; only asked for when everything that was given to the log is written. */
  private head(): string {
    const last = this.currentRange?.last;
    return headText(last, last === undefined ? undefined : this.blockRef(last), this.currentBallot);
  }
}

/** Identifies the newest block and the vote that a file holds. */
export function headOf(rows: LogRows): Result<string, "vote-corrupt"> {
  const ballot = rows.readBallot();
  if (!ballot.ok) return err(ballot.error);
  const last = rows.range()?.last;
  const ref = last === undefined ? undefined : rows.readRef(last);
  return ok(headText(last, ref, ballot.value ?? { term: termOf(0) }));
}

function headText(last: BlockNum | undefined, ref: BlockRef | undefined, ballot: Ballot): string {
  const { term, votedFor, root, lock } = ballot;
  const parts = [last ?? 0, ref?.id ?? "-", term, votedFor ?? "-"];
  if (root !== undefined) parts.push(root.id);
  if (lock !== undefined) parts.push(lock.term, lock.id);
  return parts.join(" ");
}
