import type { SealedBlock } from "@kith/protocol/block";
import { blockNumOf, termOf, type BlockNum } from "@kith/protocol/ids";
import type { BlockRead, LogBatch, LogPort } from "@kith/replica/ports";

import type { Dice } from "./dice.ts";
import { DiskDamage, type Blemish, type Refusal } from "./disk-damage.ts";
import type { DiskFaults } from "./faults.ts";
import {
  applyBatch,
  blockAt,
  copyOfLog,
  dropBlocks,
  lastNum,
  startAgainAt,
  type LogImage,
} from "./log-image.ts";
import { reach, type Marks } from "./marks.ts";
import type { Owner, Scheduler } from "./scheduler.ts";
import { drawRemains } from "./torn-writes.ts";

/** What the oracles see of a disk: every change of what would survive a power cut. */
type DiskWitness = {
  onWritten(write: LogBatch): void;
  onDurable(write: LogBatch): void;
  onRestarted(block: SealedBlock): void;
  onRepaired(block: SealedBlock): void;
};

/** Something on a disk that may be damaged. */
export type Place =
  | { readonly kind: "vote" }
  | { readonly kind: "block"; readonly num: number; readonly blemish: Blemish };

export type DiskPorts = {
  readonly scheduler: Scheduler;
  readonly dice: Dice;
  readonly marks: Marks;
  readonly owner: Owner;
  readonly witness: DiskWitness;
  /** Counts down to a crash of the process at an effect's boundary; throws when it comes. */
  readonly boundary: (place: "before" | "after" | "sync") => void;
  /** A write or fsync failed: the node stops. */
  readonly onBroken: () => void;
  /** The fault atlas: whether the network can do without what stands there. */
  readonly mayHit: (place: Place) => boolean;
};

type Write = {
  readonly bytes: number;
  readonly hasBlocks: boolean;
  readonly apply: (image: LogImage, isDurable: boolean) => void;
  readonly done: () => void;
};

/** Rows that stand together on a page are lost together. */
const pageBytes = 4_096;
const pageRowsMax = 3;

/** Of the damage to a row: what hits its head, which says which block it is. */
const rowHeadShare = 0.3;

/** Of the sectors that rot: those of the vote. */
const voteRotShare = 0.2;

/**
 * A model of `log.db` (server/store: block-log.ts, log-rows.ts, wal-check.ts). Batches are written in groups, each group
 * is durable after one fsync, and recovery drops a torn tail: the first batch that is not complete on disk, and what
 * follows it. Blocks that were written lately are in memory; others are read from the disk, where they may be damaged.
 */
export class Disk implements LogPort {
  /** What survives a power cut now. */
  readonly durable: LogImage = emptyImage();
  /** What the node itself sees: all that it wrote. */
  readonly written: LogImage = emptyImage();
  readonly damage: DiskDamage = new DiskDamage();
  readonly #ports: DiskPorts;
  #faults: DiskFaults;
  #syncing: Write[] = [];
  #waiting: Write[] = [];
  /** From here on blocks are in memory. */
  #cachedFrom = 1;
  /** Up to here the log reached before a power cut tore its end off. */
  #tornFrom = Number.POSITIVE_INFINITY;

  constructor(ports: DiskPorts, faults: DiskFaults) {
    this.#ports = ports;
    this.#faults = faults;
  }

  /** Why the log would not be opened now. */
  get refusal(): Refusal | undefined {
    return this.damage.refusal(lastNum(this.durable));
  }

  /** Before the program starts: the reason why it cannot, or everything that was written is in the database file. */
  open(): Refusal | undefined {
    const { refusal } = this;
    if (refusal === undefined) this.#checkpoint();
    return refusal;
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
    const areBlocksLost = group.slice(kept).some(({ hasBlocks }) => hasBlocks);
    if (isPowerCut && areBlocksLost) this.#tornFrom = lastNum(this.durable) + 1;
    if (kept > 0) reach(marks, "unsynced-kept");
    if (kept < group.length || lostInMemory > 0) reach(marks, "unsynced-lost");
    this.damage.crash();
    this.written.ballot = this.durable.ballot;
    this.written.firstNum = this.durable.firstNum;
    this.written.blocks = this.durable.blocks.slice();
    this.#cachedFrom = Number.POSITIVE_INFINITY;
  }

  /** An older copy stands here from now on; nobody has the log open. */
  replaceBy(copy: LogImage): void {
    for (const image of [this.durable, this.written]) {
      Object.assign(image, copyOfLog(copy));
    }
    this.damage.replaceAll(lastNum(copy));
    this.#tornFrom = Number.POSITIVE_INFINITY;
  }

  /** No more faults of this disk; what is damaged already stays so. */
  calm(): void {
    this.#faults = {
      ...this.#faults,
      stallRate: 0,
      writeErrorRate: 0,
      fsyncErrorRate: 0,
      writeFaultRate: 0,
      readFaultRate: 0,
    };
  }

  /** A sector goes bad where it lies, if the network can do without it. */
  rot(): void {
    const { dice, marks } = this.#ports;
    const { blocks, firstNum } = this.durable;
    const num = firstNum + dice.below(blocks.length);
    const isVote = dice.chance(voteRotShare);
    const place: Place = isVote ? { kind: "vote" } : this.#drawSector(num);
    if (this.#hit(place)) reach(marks, isVote ? "vote-rotten" : "sector-rotten");
  }

  /** Whether the block is there for good, and can be read. */
  holdsWhole(num: number, id: string): boolean {
    return blockAt(this.durable, num)?.id === id && this.damage.blemishOf(num) === undefined;
  }

  /** The block that belongs there, whether or not it can be read. */
  idOf(num: number): string | undefined {
    return blockAt(this.durable, num)?.id;
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
    if (block === undefined) return { kind: "absent" };
    if (num >= this.#cachedFrom) return { kind: "found", block };
    if (this.#ports.dice.chance(this.#faults.readFaultRate)) this.#failRead(num);
    return this.#readStored(block);
  }

  blockRef(num: BlockNum): ReturnType<LogPort["blockRef"]> {
    const block = blockAt(this.written, num);
    if (block === undefined) return undefined;
    const isKnown =
      num >= this.#cachedFrom || (this.damage.blemishOf(num) ?? "content") === "content";
    return isKnown ? { id: block.id, term: block.header.term } : undefined;
  }

  persist(batch: LogBatch, done: () => void): void {
    const { witness } = this.#ports;
    const bytes = batch.blocks.reduce((sum, block) => sum + block.bytes.length, 0);
    this.#noteCached(batch);
    const apply = (image: LogImage, isDurable: boolean): void => {
      if (isDurable) witness.onDurable(batch);
      else witness.onWritten(batch);
      applyBatch(image, batch);
      this.#noteBatch(batch, isDurable);
    };
    const hasBlocks = batch.blocks.length > 0 || batch.keepNum !== undefined;
    this.#write({ bytes, hasBlocks, apply, done });
  }

  repairBlock(block: SealedBlock, done: () => void): void {
    const { blockNum } = block.header;
    if (blockAt(this.written, blockNum) === undefined) {
      throw new Error(`block ${blockNum} is not in the log, so not repaired`);
    }
    const apply = (_image: LogImage, isDurable: boolean): void => {
      if (isDurable) this.#ports.witness.onRepaired(block);
      this.damage.overwrite(blockNum, isDurable);
    };
    this.#write({ bytes: block.bytes.length, hasBlocks: false, apply, done });
  }

  restartAt(block: SealedBlock, done: () => void): void {
    const { blockNum } = block.header;
    const { marks, witness } = this.#ports;
    if ([...this.#syncing, ...this.#waiting].some(({ hasBlocks }) => hasBlocks)) {
      reach(marks, "snapshot-races-append");
    }
    this.#cachedFrom = blockNum;
    const apply = (image: LogImage, isDurable: boolean): void => {
      if (isDurable) witness.onRestarted(block);
      startAgainAt(image, block);
      if (isDurable) this.damage.keepOnly(blockNum, blockNum);
      this.damage.overwrite(blockNum, isDurable);
    };
    this.#write({ bytes: block.bytes.length, hasBlocks: true, apply, done });
  }

  dropBefore(first: BlockNum): void {
    const range = this.range();
    if (range === undefined || first <= range.first) return;
    if (first > range.last) throw new Error(`dropping up to ${first} would leave no block`);
    const apply = (image: LogImage, isDurable: boolean): void => {
      dropBlocks(image, first);
      if (isDurable) this.damage.keepOnly(first, Number.POSITIVE_INFINITY);
    };
    this.#write({ bytes: 0, hasBlocks: false, apply, done: () => undefined });
  }

  /** Reads past what is in memory: the numbers of the blocks that are damaged. */
  scrub(from: BlockNum, count: number): readonly BlockNum[] {
    const range = this.range();
    if (range === undefined) return [];
    const damaged: BlockNum[] = [];
    const end = Math.min(range.last + 1, from + count);
    for (let num = Math.max(from, range.first); num < end; num += 1) {
      const block = blockAt(this.written, num);
      if (block !== undefined && this.#readStored(block).kind !== "found") {
        damaged.push(blockNumOf(num));
      }
    }
    return damaged;
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
    const { dice, boundary } = this.#ports;
    const { writeErrorRate, fsyncErrorRate, checkpointRate } = this.#faults;
    boundary("sync");
    if (dice.chance(writeErrorRate)) return this.#failWrite();
    if (dice.chance(fsyncErrorRate)) {
      reach(this.#ports.marks, "fsync-error");
      return this.#ports.onBroken();
    }
    const group = this.#syncing;
    this.#syncing = [];
    for (const entry of group) entry.apply(this.durable, true);
    if (dice.chance(checkpointRate)) this.#checkpoint();
    if (this.#waiting.length > 0) this.#startSync();
    for (const entry of group) {
      boundary("before");
      entry.done();
      boundary("after");
    }
  }

  /** Nothing of the group is in the file: SQLite rolls the transaction back. */
  #failWrite(): void {
    reach(this.#ports.marks, "write-error");
    this.#syncing = [];
    this.#ports.onBroken();
  }

  /** What is in the write-ahead log goes to its places in the database file, or to others. */
  #checkpoint(): void {
    const { dice } = this.#ports;
    const last = lastNum(this.durable);
    const from = Math.max(this.damage.settledNum + 1, this.durable.firstNum);
    this.damage.settle(last);
    if (this.#faults.writeFaultRate === 0) return;
    for (let num = from; num <= last; num += 1) {
      if (dice.chance(this.#faults.writeFaultRate)) this.#loseWrite(num);
    }
  }

  #loseWrite(num: number): void {
    const { dice, marks } = this.#ports;
    const fault = dice.pick(["sector-corrupt", "write-lost", "write-misdirected"] as const);
    const isHit =
      fault === "sector-corrupt" ? this.#hit(this.#drawSector(num)) : this.#hitPage(num);
    if (!isHit) return;
    reach(marks, fault);
    if (fault !== "write-misdirected") return;
    const { firstNum, blocks } = this.durable;
    const victim = firstNum + dice.below(blocks.length);
    if (victim !== num) this.#hit({ kind: "block", num: victim, blemish: "elsewhere" });
  }

  /** Old content stands where a page was to be written. */
  #hitPage(num: number): boolean {
    const isLarge = (blockAt(this.durable, num)?.bytes.length ?? 0) > pageBytes;
    const rows = isLarge ? 1 : this.#ports.dice.between(1, pageRowsMax);
    let isHit = false;
    for (let at = num; at < num + rows; at += 1) {
      isHit = this.#hit({ kind: "block", num: at, blemish: "row" }) || isHit;
    }
    return isHit;
  }

  #failRead(num: number): void {
    if (this.#hit(this.#drawSector(num))) reach(this.#ports.marks, "read-fault");
  }

  #drawSector(num: number): Place {
    const blemish = this.#ports.dice.chance(rowHeadShare) ? "row" : "content";
    return { kind: "block", num, blemish };
  }

  #hit(place: Place): boolean {
    const isMissing = place.kind === "block" && blockAt(this.durable, place.num) === undefined;
    if (isMissing || !this.#ports.mayHit(place)) return false;
    if (place.kind === "vote") this.damage.hitVote();
    else this.damage.hitBlock(place.num, place.blemish);
    return true;
  }

  #readStored(block: SealedBlock): BlockRead {
    const num = block.header.blockNum;
    const blemish = this.damage.blemishOf(num);
    if (blemish === undefined) return { kind: "found", block };
    const { marks } = this.#ports;
    reach(marks, blemish === "elsewhere" ? "misdirected-write-found" : "damage-found");
    return { kind: "corrupt", num };
  }

  #noteCached({ keepNum, blocks }: LogBatch): void {
    if (keepNum !== undefined) this.#cachedFrom = Math.min(this.#cachedFrom, keepNum + 1);
    const first = blocks[0]?.header.blockNum;
    const last = blocks.at(-1)?.header.blockNum;
    if (first === undefined || last === undefined) return;
    const oldest = last - this.#faults.cachedBlocksMax + 1;
    this.#cachedFrom = Math.max(Math.min(this.#cachedFrom, first), oldest);
  }

  #noteBatch({ ballot, keepNum, blocks }: LogBatch, isDurable: boolean): void {
    for (const { header } of blocks) {
      this.damage.overwrite(header.blockNum, isDurable);
      if (isDurable && header.blockNum >= this.#tornFrom) this.#noteTornRepaired();
    }
    if (!isDurable) return;
    if (ballot !== undefined) this.damage.overwriteVote();
    if (keepNum !== undefined) this.damage.keepOnly(0, keepNum);
  }

  #noteTornRepaired(): void {
    this.#tornFrom = Number.POSITIVE_INFINITY;
    reach(this.#ports.marks, "torn-tail-repaired");
  }

  #keptAfterPowerCut(group: readonly Write[]): number {
    const { dice, marks } = this.#ports;
    if (group.length === 0 || !dice.chance(this.#faults.tornRate)) return group.length;
    const { whole, isTorn } = drawRemains(
      dice,
      group.map(({ bytes }) => bytes),
    );
    if (isTorn) reach(marks, "torn-tail");
    return whole;
  }
}

function emptyImage(): LogImage {
  return { ballot: { term: termOf(0) }, firstNum: 1, blocks: [] };
}
