import { closeSync, fdatasync, fdatasyncSync, openSync } from "node:fs";

import { blockNumOf, type BlockNum } from "@kith/protocol/ids";

import type { EventFile } from "./event-file.ts";
import { statePauseMs, stateSliceMs } from "./limits.ts";
import type { PendingEvents } from "./pending-events.ts";
import { storeBrokenOf } from "./store-broken.ts";

type EventWriterPorts = {
  readonly file: EventFile;
  /** What blocks brought since the last call: it is written next. Undefined: nothing. */
  readonly takePending: () => PendingEvents | undefined;
  /** Whether so much waits that what is being written cannot take its time. */
  readonly isLate: () => boolean;
  /** Called with what a write threw when nobody waits for that write. */
  readonly onBroken: (error: unknown) => void;
};

/**
 * Brings events into the file and the file to the disk, a millisecond at a stretch, and removes old ones while there
 * is nothing to bring. `durableNum` is what a power cut cannot take any more.
 */
export class EventWriter {
  private readonly ports: EventWriterPorts;
  private readonly descriptor: number;
  private current: PendingEvents | undefined;
  private steps: Iterator<void> | undefined;
  private removal: Iterator<void> | undefined;
  private committed: BlockNum;
  private durable: BlockNum = blockNumOf(0);
  private wanted = 0;
  private syncing = false;
  private scheduled = false;
  private fault: Error | undefined;
  private closed = false;

  constructor(ports: EventWriterPorts) {
    this.ports = ports;
    this.committed = ports.file.completeNum();
    this.descriptor = openSync(`${ports.file.path}-wal`, "r+");
  }

  /** What is being written: not in the file yet. */
  get writing(): PendingEvents | undefined {
    return this.current;
  }

  get isBroken(): boolean {
    return this.fault !== undefined;
  }

  isDurable(num: BlockNum): boolean {
    if (num <= this.durable) return true;
    this.wanted = Math.max(this.wanted, num);
    this.run();
    return false;
  }

  /** Writes what there is, at its own pace. */
  run(): void {
    if (this.scheduled || this.closed || this.fault !== undefined) return;
    this.scheduled = true;
    setImmediate(() => this.slice());
  }

  /** Everything that blocks brought is in the file when this returns; throws what the disk throws. */
  finish(): void {
    if (this.fault !== undefined) throw this.fault;
    try {
      do {
        while (this.step());
      } while (this.take());
    } catch (error) {
      throw this.broken(error);
    }
  }

  /** And on the disk. */
  finishDurably(): void {
    this.finish();
    try {
      fdatasyncSync(this.descriptor);
      this.durable = this.committed;
    } catch (error) {
      throw this.broken(error);
    }
  }

  /** Carries out a removal, in turns with writing, when the one before it is over. */
  remove(removal: Iterator<void>): void {
    this.removal ??= removal;
    this.run();
  }

  /** The removal to its end. */
  finishRemoval(): void {
    while (this.removal !== undefined) this.removeSome();
  }

  close(): void {
    this.closed = true;
    closeSync(this.descriptor);
  }

  private slice(): void {
    this.scheduled = false;
    if (this.closed || this.fault !== undefined) return;
    try {
      const endMs = performance.now() + stateSliceMs;
      while (this.step() || this.take()) if (performance.now() >= endMs) return this.continueSoon();
      if (this.durable < this.wanted) this.sync();
      if (this.removal === undefined) return;
      this.removeSome();
      this.continueSoon();
    } catch (error) {
      this.ports.onBroken(this.broken(error));
    }
  }

  private continueSoon(): void {
    if (this.wanted > this.durable || this.ports.isLate()) return this.run();
    this.scheduled = true;
    setTimeout(() => this.slice(), statePauseMs);
  }

  /** False when nothing is being written. */
  private step(): boolean {
    if (this.steps === undefined || this.current === undefined) return false;
    if (this.steps.next().done !== true) return true;
    this.committed = this.current.lastNum ?? this.committed;
    this.steps = undefined;
    this.current = undefined;
    return false;
  }

  /** Begins with what blocks brought meanwhile; false when that is nothing. */
  private take(): boolean {
    const pending = this.ports.takePending();
    if (pending === undefined) return false;
    this.current = pending;
    this.steps = writeAll(this.ports.file, pending);
    return true;
  }

  private removeSome(): void {
    if (this.removal?.next().done === true) this.removal = undefined;
  }

  private sync(): void {
    if (this.syncing) return;
    this.syncing = true;
    const num = this.committed;
    fdatasync(this.descriptor, (error) => {
      this.syncing = false;
      if (this.closed || this.fault !== undefined) return;
      if (error !== null) return this.ports.onBroken(this.broken(error));
      if (num > this.durable) this.durable = num;
      if (this.durable < this.wanted && this.committed > num) this.run();
    });
  }

  private broken(error: unknown): Error {
    this.fault ??= storeBrokenOf("events.db", error);
    return this.fault;
  }
}

function* writeAll(file: EventFile, pending: PendingEvents): Generator<void> {
  file.begin();
  for (const version of pending.versions) file.putVersion(version);
  for (const gap of pending.gaps) file.putGap(gap);
  for (const block of pending.blocks) {
    file.putBlock(block);
    yield;
  }
  for (const event of pending.events) {
    file.putEvent(event);
    yield;
  }
  for (const [version, sizeBytes] of pending.sizes) file.addSize(version, sizeBytes);
  for (const node of pending.nodes) file.putNode(node);
  if (pending.lastNum !== undefined) file.putComplete(pending.lastNum);
  file.commit();
}
