import type { Vote } from "@kith/consensus/cft/effect";
import type { SealedBlock } from "@kith/protocol/block";
import type { BlockNum } from "@kith/protocol/ids";
import type { LogBatch, LogPort } from "@kith/replica/ports";

import type { Dice } from "./dice.ts";
import type { DiskFaults } from "./faults.ts";
import { reach, type Marks } from "./marks.ts";
import type { Owner, Scheduler } from "./scheduler.ts";

/** What a log holds: the vote and consecutive blocks from `firstNum`. */
export type LogImage = {
  vote: Vote;
  firstNum: number;
  blocks: SealedBlock[];
};

/** What the oracles see of a disk: every change of what would survive a power cut. */
type DiskWitness = {
  onWritten(write: LogBatch): void;
  onDurable(write: LogBatch): void;
  onRestarted(block: SealedBlock): void;
};

export type Disk = LogPort & {
  /** What survives a power cut now. */
  readonly durable: LogImage;
  /** What the node itself sees: all that it wrote. */
  readonly written: LogImage;
  /** The process ends: what it did not hand to the kernel is gone; after a power cut so may be unsynced sectors. */
  crash(isPowerCut: boolean): void;
  calm(): void;
};

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
};

type Write = {
  readonly bytes: number;
  readonly apply: (image: LogImage, isDurable: boolean) => void;
  readonly done: () => void;
};

const sectorBytes = 4096;

/**
 * A model of `log.db`: batches are written in groups, each group is durable after one fsync, and recovery drops a torn
 * tail: the first batch that is not complete on disk, and what follows it.
 */
export function createDisk(ports: DiskPorts, swarm: DiskFaults): Disk {
  const { scheduler, dice, marks, witness } = ports;
  const durable: LogImage = { vote: { term: 0 as Vote["term"] }, firstNum: 1, blocks: [] };
  const written: LogImage = { vote: durable.vote, firstNum: 1, blocks: [] };
  let faults = swarm;
  let syncing: Write[] = [];
  let waiting: Write[] = [];

  function write(entry: Write): void {
    ports.boundary("before");
    entry.apply(written, false);
    waiting.push(entry);
    if (syncing.length === 0) startSync();
    ports.boundary("after");
  }

  function startSync(): void {
    syncing = waiting;
    waiting = [];
    let micros = faults.syncMicrosMin + dice.exponential(faults.syncMicrosMean);
    if (dice.chance(faults.stallRate)) {
      reach(marks, "disk-stall");
      micros += dice.float() * faults.stallMicrosMax;
    }
    scheduler.after(micros, finishSync, ports.owner);
  }

  function finishSync(): void {
    ports.boundary("sync");
    if (dice.chance(faults.fsyncErrorRate)) {
      reach(marks, "fsync-error");
      return ports.onBroken();
    }
    const group = syncing;
    syncing = [];
    for (const entry of group) entry.apply(durable, true);
    if (waiting.length > 0) startSync();
    for (const entry of group) {
      ports.boundary("before");
      entry.done();
      ports.boundary("after");
    }
  }

  function crash(isPowerCut: boolean): void {
    const group = syncing;
    const lostInMemory = waiting.length;
    syncing = [];
    waiting = [];
    const kept = isPowerCut ? keptAfterPowerCut(group) : group.length;
    for (const entry of group.slice(0, kept)) entry.apply(durable, true);
    if (kept > 0) reach(marks, "unsynced-kept");
    if (kept < group.length || lostInMemory > 0) reach(marks, "unsynced-lost");
    written.vote = durable.vote;
    written.firstNum = durable.firstNum;
    written.blocks = durable.blocks.slice();
  }

  /** Each unsynced sector is on disk or not; a batch counts when it and all before it are complete. */
  function keptAfterPowerCut(group: readonly Write[]): number {
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

  return {
    durable,
    written,
    crash,
    calm: () => {
      faults = { ...faults, stallRate: 0, fsyncErrorRate: 0 };
    },
    ...readerOf(written),
    persist(batch, done) {
      const bytes = batch.blocks.reduce((sum, block) => sum + block.bytes.length, 64);
      const apply = (image: LogImage, isDurable: boolean): void => {
        if (isDurable) witness.onDurable(batch);
        else witness.onWritten(batch);
        applyBatch(image, batch);
      };
      write({ bytes, apply, done });
    },
    repairBlock(block, done) {
      write({ bytes: block.bytes.length, apply: () => undefined, done });
    },
    restartAt(block, done) {
      const apply = (image: LogImage, isDurable: boolean): void => {
        if (isDurable) witness.onRestarted(block);
        image.firstNum = block.header.blockNum;
        image.blocks = [block];
      };
      write({ bytes: block.bytes.length, apply, done });
    },
    dropBefore(first) {
      write({ bytes: 64, apply: (image) => dropBlocks(image, first), done: () => undefined });
    },
  };
}

type Reader = Pick<LogPort, "vote" | "range" | "readBlock" | "blockRef">;

function readerOf(image: LogImage): Reader {
  return {
    vote: () => image.vote,
    range() {
      const last = image.blocks.at(-1);
      const first = image.blocks[0];
      if (first === undefined || last === undefined) return undefined;
      return { first: first.header.blockNum, last: last.header.blockNum };
    },
    readBlock(num) {
      const block = blockAt(image, num);
      return block === undefined ? { kind: "absent" } : { kind: "found", block };
    },
    blockRef(num) {
      const block = blockAt(image, num);
      return block && { id: block.id, term: block.header.term };
    },
  };
}

export function blockAt(image: LogImage, num: number): SealedBlock | undefined {
  return image.blocks[num - image.firstNum];
}

export function lastNum(image: LogImage): number {
  return image.firstNum + image.blocks.length - 1;
}

function applyBatch(image: LogImage, batch: LogBatch): void {
  if (batch.vote !== undefined) image.vote = batch.vote;
  if (batch.keepNum !== undefined) keepUpTo(image, batch.keepNum);
  const first = batch.blocks[0];
  if (first === undefined) return;
  if (image.blocks.length === 0) image.firstNum = first.header.blockNum;
  image.blocks.push(...batch.blocks);
}

function keepUpTo(image: LogImage, num: BlockNum): void {
  const count = Math.max(0, num - image.firstNum + 1);
  if (count < image.blocks.length) image.blocks.length = count;
}

function dropBlocks(image: LogImage, first: BlockNum): void {
  const count = Math.min(image.blocks.length, first - image.firstNum);
  if (count <= 0) return;
  image.blocks.splice(0, count);
  image.firstNum += count;
}
