import { dismissalsMax, dismissalsMs, refusalMs } from "./limits.ts";

/**
 * An app that goes on asking somebody who turns away is not heard for a while. It is written down for the whole browser: a page
 * that is loaded again, or another one of the same app, has asked as often.
 */
export class PromptThrottle {
  readonly #storage: Pick<Storage, "getItem" | "setItem" | "removeItem">;
  readonly #now: () => number;

  constructor(storage: Pick<Storage, "getItem" | "setItem" | "removeItem">, now: () => number) {
    this.#storage = storage;
    this.#now = now;
  }

  mayAsk(app: string): boolean {
    const times = this.#dismissals(app);
    const [first, last] = [times[0], times.at(-1)];
    if (first === undefined || last === undefined || times.length < dismissalsMax) return true;
    return last - first > dismissalsMs || this.#now() - last > refusalMs;
  }

  dismissed(app: string): void {
    const times = [...this.#dismissals(app), this.#now()].slice(-dismissalsMax);
    this.#storage.setItem(keyOf(app), JSON.stringify(times));
  }

  answered(app: string): void {
    this.#storage.removeItem(keyOf(app));
  }

  /** The last ones in a row. What is in the future was written by a clock that was wrong. */
  #dismissals(app: string): readonly number[] {
    try {
      const kept: unknown = JSON.parse(this.#storage.getItem(keyOf(app)) ?? "[]");
      if (!Array.isArray(kept)) return [];
      const now = this.#now();
      return kept.filter((each): each is number => typeof each === "number" && each <= now);
    } catch {
      return [];
    }
  }
}

function keyOf(app: string): string {
  return `kith dismissals ${app}`;
}
