import type { Result } from "@kith/protocol/result";

import type { Entry } from "./entry.ts";
import { checkEntry, type LogError, type LogReader } from "./log.ts";

/** One author's log in memory, which takes only entries that belong into it. */
export class MemoryLog implements LogReader {
  readonly #entries: Map<bigint, Entry> = new Map();
  #newest = 0n;

  get newest(): bigint {
    return this.#newest;
  }

  find(seqNum: bigint): Entry | undefined {
    return this.#entries.get(seqNum);
  }

  entries(): Entry[] {
    return [...this.#entries.values()];
  }

  add(entry: Entry): Result<"new" | "known", LogError> {
    const checked = checkEntry(this, entry);
    if (checked.ok) {
      this.#entries.set(entry.seqNum, entry);
      if (entry.seqNum > this.#newest) this.#newest = entry.seqNum;
    }
    return checked;
  }
}
