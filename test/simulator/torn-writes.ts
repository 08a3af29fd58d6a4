import type { Dice } from "./dice.ts";

/** The smallest unit that a power cut leaves either old or new. */
const sectorBytes = 512;

/** The database writes whole pages, and at least so many for anything. */
const pageBytes = 4_096;
const pagesMin = 2;

function sectorsOf(bytes: number): number {
  const pages = pagesMin + Math.floor(bytes / pageBytes);
  return (pages * pageBytes) / sectorBytes;
}

/** What a power cut left of a group of writes that was on its way to the disk. */
export type Remains = {
  /** So many of the first ones are complete: recovery drops the first that is not, and what follows it. */
  readonly whole: number;
  /** Something of what is dropped reached the disk. */
  readonly isTorn: boolean;
};

/** Each sector of each write is on the disk or not, in no order. */
export function drawRemains(dice: Dice, writeBytes: readonly number[]): Remains {
  const keepShare = dice.pick([0, 0.5, 0.9]);
  for (const [index, bytes] of writeBytes.entries()) {
    const sectors = sectorsOf(bytes);
    let kept = 0;
    for (let sector = 0; sector < sectors; sector += 1) {
      if (dice.float() < keepShare) kept += 1;
    }
    if (kept === sectors) continue;
    return { whole: index, isTorn: kept > 0 || index + 1 < writeBytes.length };
  }
  return { whole: writeBytes.length, isTorn: false };
}
