import { closeSync, openSync, writeSync } from "node:fs";

/** What is wrong with the disk, as a process under test is told. */
export type DiskFault = "none" | "full" | "unsynced";

/** Places of the numbers in the file, which the process has mapped into its memory. */
export const controlSlots = {
  wallShiftMs: 0,
  monotonicShiftMs: 1,
  diskFault: 2,
  diskAnswer: 3,
} as const;
const controlSlotCount = 4;
const slotBytes = 8;

/** Numbers that stand for the faults, and for what the process answers. */
export const diskFaultNumbers: Readonly<Record<DiskFault, number>> = {
  none: 0,
  full: 1,
  unsynced: 2,
};
export const diskAnswers = { none: 0, inForce: 1, impossible: 2 } as const;

/** How a test tells one process (`node-preload.ts`) what to see, also while it is stopped. */
export class ControlFile {
  readonly path: string;
  readonly #descriptor: number;

  constructor(path: string) {
    this.path = path;
    this.#descriptor = openSync(path, "w+");
    for (let slot = 0; slot < controlSlotCount; slot++) this.#write(slot, 0);
  }

  /** The wall clock is ahead of the true one by so much. */
  shiftWall(ms: number): void {
    this.#write(controlSlots.wallShiftMs, ms);
  }

  shiftMonotonic(ms: number): void {
    this.#write(controlSlots.monotonicShiftMs, ms);
  }

  /** Comes into force once and for all in the process that runs; the next one begins without it. */
  breakDisk(fault: DiskFault): void {
    this.#write(controlSlots.diskFault, diskFaultNumbers[fault]);
  }

  close(): void {
    closeSync(this.#descriptor);
  }

  #write(slot: number, value: number): void {
    writeSync(
      this.#descriptor,
      new Uint8Array(Float64Array.of(value).buffer),
      0,
      slotBytes,
      slot * slotBytes,
    );
  }
}
