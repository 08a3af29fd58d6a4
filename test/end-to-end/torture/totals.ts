import type { Round } from "./run-torture.ts";

/** Sums of all rounds, for people. */
export class Totals {
  readonly #faults = new Map<string, number>();
  readonly #operations = new Map<string, number>();
  readonly #recoveredMs: number[] = [];
  #wrong = 0;

  get hasFailed(): boolean {
    return this.#wrong > 0;
  }

  add({ faults, operations, recoveredMs, wrong }: Round): void {
    for (const [name, count] of faults) raise(this.#faults, name, count);
    for (const [name, count] of Object.entries(operations)) raise(this.#operations, name, count);
    if (!Number.isNaN(recoveredMs)) this.#recoveredMs.push(recoveredMs);
    this.#wrong += wrong.length;
  }

  text(): string {
    const longestMs = Math.max(0, ...this.#recoveredMs);
    return [
      `faults\n${linesOf(this.#faults)}`,
      `operations\n${linesOf(this.#operations)}`,
      `rounds ${this.#recoveredMs.length}, longest time until all nodes were back: ${(longestMs / 1_000).toFixed(1)} s`,
      this.#wrong === 0 ? "nothing is wrong" : `${this.#wrong} things are wrong`,
    ].join("\n");
  }
}

function raise(counts: Map<string, number>, name: string, by: number): void {
  counts.set(name, (counts.get(name) ?? 0) + by);
}

function linesOf(counts: ReadonlyMap<string, number>): string {
  const sorted = [...counts].toSorted(([a], [b]) => a.localeCompare(b));
  return sorted.map(([name, count]) => `${`${count}`.padStart(8)}  ${name}`).join("\n");
}
