import { blockNumOf, type BlockNum } from "@kith/protocol/ids";
import type { ClockPort } from "@kith/replica/ports";

/** So little at a time that nobody has to wait for it, even where blocks are large. */
const sliceBlocks = 4;
const betweenSlicesMs = 50;
/** At the end of a round, while copies are awaited. */
const betweenLooksMs = 1_000;
const betweenRoundsMs = 24 * 60 * 60 * 1_000;

export type ScrubPorts = {
  readonly log: {
    range(): { readonly first: BlockNum; readonly last: BlockNum } | undefined;
    /** The numbers of the damaged ones among `count` blocks. */
    scrub(from: BlockNum, count: number): readonly BlockNum[];
  };
  readonly clock: ClockPort;
  /** Fetches copies from other nodes. */
  readonly repair: (num: BlockNum) => void;
  readonly say: (text: string) => void;
};

/**
 * Reads the whole log once after each start and then once a day, so that damage is found while other nodes still have
 * what is missing, and not when somebody needs the block. Returns a function that ends it.
 */
export function startScrubbing({ log, clock, repair, say }: ScrubPorts): () => void {
  const damaged = new Set<BlockNum>();
  let next = 0;
  let cancel = clock.after(betweenSlicesMs, slice);

  function slice(): void {
    checkRepaired();
    const range = log.range();
    const from = Math.max(next, range?.first ?? 1);
    for (const num of log.scrub(blockNumOf(from), sliceBlocks)) {
      if (damaged.has(num)) continue;
      damaged.add(num);
      say(`block ${num} of log.db is damaged; asking other nodes for it`);
      repair(num);
    }
    next = from + sliceBlocks;
    const last = range?.last ?? 0;
    if (next <= last) return wait(betweenSlicesMs);
    if (damaged.size > 0) {
      next = last + 1;
      return wait(betweenLooksMs);
    }
    next = 0;
    wait(betweenRoundsMs);
  }

  function wait(delayMs: number): void {
    cancel = clock.after(delayMs, slice);
  }

  function checkRepaired(): void {
    for (const num of damaged) {
      if (log.scrub(num, 1).length > 0) continue;
      damaged.delete(num);
      say(`block ${num} of log.db is repaired`);
    }
  }

  return () => cancel();
}
