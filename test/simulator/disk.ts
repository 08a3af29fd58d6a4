import type { SealedBlock } from "@kith/protocol/block";
import { termOf, type BlockNum } from "@kith/protocol/ids";
import type { BlockRead, LogBatch, LogPort } from "@kith/replica/ports";

import type { Dice } from "./dice.ts";
import type { DiskFaults } from "./faults.ts";
import { applyBatch, blockAt, dropBlocks, startAgainAt, type LogImage } from "./log-image.ts";
import { reach, type Marks } from "./marks.ts";
import type { Owner, Scheduler } from "./scheduler.ts";

/** What the oracles see of a disk: every change of what would survive a power cut. */
type DiskWitness = {
  onWritten(write: LogBatch): void;
  onDurable(write: LogBatch): void;
  onRestarted(block: SealedBlock): void;
};

type DiskPorts = {
  readonly scheduler: Scheduler;
  readonly dice: Dice;
  readonly marks: Marks;
  readonly owner: Owner;
  readonly witness: DiskWitness;
  /** Counts down to a crash of the process at an effect's boundary; throws when it comes. */
  readonly boundary: (place: "before" | "after" | "sync") => void;
  /** A write or fsync failed: the node stops. */
  readonly onBroken: () => void;
};

type Write = {
  readonly bytes: number;
  readonly apply: (image: LogImage, isDurable: boolean) => void;
  readonly done: () => void;
};

/** The smallest unit that a power cut leaves either old or new. */
const sectorBytes = 512;

/** What a record takes beside its blocks. */
const recordBytes = 64;

/**
 * A model of `log.db`: batches are written in groups, each group is durable after one fsync, and recovery drops a torn
 * tail: the first batch that is not complete on disk, and what follows it.
 */
export class Disk implements LogPort {
  /** What survives a power cut now. */
  readonly durable: LogImage = emptyImage();
  /** What the node itself sees: all that it wrote. */
  readonly written: LogImage = emptyImage();
  readonly #ports: DiskPorts;
  #faults: DiskFaults;
  #syncing: Write[] = [];
  #waiting: Write[] = [];

  constructor(ports: DiskPorts, faults: DiskFaults) {
    this.#ports = ports;
    this.#faults = faults;
  }

  /** The process ends: what it did not hand to the kernel is gone; after a power cut so may be unsynced sectors. */
  crash(isPowerCut: boolean): void {
    const { marks } = this.#ports;
    const group = this.#syncing;
    const lostInMemory = this.#waiting.length;
    this.#syncing = [];
    this.#waiting = [];
    const kept = isPowerCut ? this.#keptAfterPowerCut(group) : group.length;
    for (const entry of group.slice(0, kept)) entry.apply(this.durable, true);
    if (kept > 0) reach(marks, "unsynced-kept");
    if (kept < group.length || lostInMemory > 0) reach(marks, "unsynced-lost");
    this.written.ballot = this.durable.ballot;
    this.written.firstNum = this.durable.firstNum;
    this.written.blocks = this.durable.blocks.slice();
  }

  /** No more faults of this disk. */
  calm(): void {
    this.#faults = { ...this.#faults, stallRate: 0, fsyncErrorRate: 0 };
  }

  ballot(): LogImage["ballot"] {
    return this.written.ballot;
  }

  range(): { readonly first: BlockNum; readonly last: BlockNum } | undefined {
    const first = this.written.blocks[0];
    const last = this.written.blocks.at(-1);
    if (first === undefined || last === undefined) return undefined;
    return { first: first.header.blockNum, last: last.header.blockNum };
  }

  readBlock(num: BlockNum): BlockRead {
    const block = blockAt(this.written, num);
    return block === undefined ? { kind: "absent" } : { kind: "found", block };
  }

  blockRef(num: BlockNum): ReturnType<LogPort["blockRef"]> {
    const block = blockAt(this.written, num);
    return block && { id: block.id, term: block.header.term };
  }

  persist(batch: LogBatch, done: () => void): void {
    const { witness } = this.#ports;
    const bytes = batch.blocks.reduce((sum, block) => sum + block.bytes.length, recordBytes);
    const apply = (image: LogImage, isDurable: boolean): void => {
      if (isDurable) witness.onDurable(batch);
      else witness.onWritten(batch);
      applyBatch(image, batch);
    };
    this.#write({ bytes, apply, done });
  }

  repairBlock(block: SealedBlock, done: () => void): void {
    this.#write({ bytes: block.bytes.length, apply: () => undefined, done });
  }

  restartAt(block: SealedBlock, done: () => void): void {
    const apply = (image: LogImage, isDurable: boolean): void => {
      if (isDurable) this.#ports.witness.onRestarted(block);
      startAgainAt(image, block);
    };
    this.#write({ bytes: block.bytes.length, apply, done });
  }

  dropBefore(first: BlockNum): void {
    const apply = (image: LogImage): void => dropBlocks(image, first);
    this.#write({ bytes: recordBytes, apply, done: () => undefined });
  }

  #write(entry: Write): void {
    this.#ports.boundary("before");
    entry.apply(this.written, false);
    this.#waiting.push(entry);
    if (this.#syncing.length === 0) this.#startSync();
    this.#ports.boundary("after");
  }

  #startSync(): void {
    const { scheduler, dice, marks, owner } = this.#ports;
    const { syncMicrosMin, syncMicrosMean, stallRate, stallMicrosMax } = this.#faults;
    this.#syncing = this.#waiting;
    this.#waiting = [];
    let micros = syncMicrosMin + dice.exponential(syncMicrosMean);
    if (dice.chance(stallRate)) {
      reach(marks, "disk-stall");
      micros += dice.float() * stallMicrosMax;
    }
    scheduler.after(micros, () => this.#finishSync(), owner);
  }

  #finishSync(): void {
    const { dice, marks, boundary, onBroken } = this.#ports;
    boundary("sync");
    if (dice.chance(this.#faults.fsyncErrorRate)) {
      reach(marks, "fsync-error");
      return onBroken();
    }
    const group = this.#syncing;
    this.#syncing = [];
    for (const entry of group) entry.apply(this.durable, true);
    if (this.#waiting.length > 0) this.#startSync();
    for (const entry of group) {
      boundary("before");
      entry.done();
      boundary("after");
    }
  }

  /** Each unsynced sector is on disk or not; a batch counts when it and all before it are complete. */
  #keptAfterPowerCut(group: readonly Write[]): number {
    const { dice, marks } = this.#ports;
    const keepShare = dice.pick([0, 0.5, 0.9, 1]);
    for (const [index, entry] of group.entries()) {
      const sectors = 1 + Math.floor(entry.bytes / sectorBytes);
      let sectorsKept = 0;
      for (let sector = 0; sector < sectors; sector += 1) {
        if (dice.float() < keepShare) sectorsKept += 1;
      }
      if (sectorsKept === sectors) continue;
      if (sectorsKept > 0 || index + 1 < group.length) reach(marks, "torn-tail");
      return index;
    }
    return group.length;
  }
}

function emptyImage(): LogImage {
  return { ballot: { term: termOf(0) }, firstNum: 1, blocks: [] };
}
