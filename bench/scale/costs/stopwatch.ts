import type { Linear, Micros } from "./costs.ts";

const batchMs = 2;
const totalMs = 120;

/** What one run takes: the lower quartile of many batches, because other programs only ever make it longer. */
export function timeOf(run: () => unknown): Micros {
  const count = runsIn(run, batchMs);
  const batches: number[] = [];
  const endMs = performance.now() + totalMs;
  while (performance.now() < endMs) batches.push(batchOf(run, count));
  batches.sort((a, b) => a - b);
  return batches[Math.floor(batches.length / 4)] ?? Number.NaN;
}

/** The same for two sizes, as a line through both. */
export function lineOf(sizes: readonly [Sized, Sized]): Linear {
  const [small, large] = sizes.map(({ sizeBytes, run }) => ({ sizeBytes, takes: timeOf(run) }));
  if (small === undefined || large === undefined) throw new Error("there are two sizes");
  return throughPoints(small, large);
}

export type Sized = { readonly sizeBytes: number; readonly run: () => unknown };
type Point = { readonly sizeBytes: number; readonly takes: Micros };

export function throughPoints(small: Point, large: Point): Linear {
  const perByte = Math.max(0, (large.takes - small.takes) / (large.sizeBytes - small.sizeBytes));
  return { base: Math.max(0, small.takes - perByte * small.sizeBytes), perKb: perByte * 1024 };
}

function runsIn(run: () => unknown, ms: number): number {
  let count = 0;
  const endMs = performance.now() + 10 * ms;
  while (performance.now() < endMs) {
    run();
    count += 1;
  }
  return Math.max(1, Math.round(count / 10));
}

function batchOf(run: () => unknown, count: number): Micros {
  const startMs = performance.now();
  for (let left = count; left > 0; left -= 1) run();
  return ((performance.now() - startMs) * 1000) / count;
}

/** CPU time of this process and all its threads for so many runs, each. */
export async function cpuTimeOf(count: number, run: () => Promise<void>): Promise<Micros> {
  const before = process.cpuUsage();
  await run();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / count;
}
