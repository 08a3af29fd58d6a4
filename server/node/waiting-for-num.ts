type WaitingPorts = {
  /** How far it is now: a number of a block, which only grows. */
  readonly reached: () => number;
  /** Calls back once after about this many milliseconds; returns a function that cancels it. */
  readonly after: (delayMs: number, run: () => void) => () => void;
};

type Waiting = { readonly num: number; readonly settle: () => void };

/** Lets readers wait, but not for ever, until blocks have come so far. */
export class WaitingForNum {
  readonly #ports: WaitingPorts;
  readonly #waiting = new Set<Waiting>();

  constructor(ports: WaitingPorts) {
    this.#ports = ports;
  }

  /** How many wait. */
  get size(): number {
    return this.#waiting.size;
  }

  /** The most that anybody waits for. */
  get most(): number | undefined {
    const nums = [...this.#waiting].map(({ num }) => num);
    return nums.length === 0 ? undefined : Math.max(...nums);
  }

  /** To be called whenever it may have come farther. */
  note(): void {
    if (this.#waiting.size === 0) return;
    const reached = this.#ports.reached();
    for (const one of this.#waiting) if (one.num <= reached) one.settle();
  }

  /** False when `num` was not reached in time. */
  reach(num: number, msMax: number, done: (isThere: boolean) => void): void {
    const { reached, after } = this.#ports;
    if (reached() >= num) return done(true);
    const settle = (): void => {
      this.#waiting.delete(waiting);
      cancel();
      // A snapshot brings a node farther without executing a block.
      done(reached() >= num);
    };
    const waiting = { num, settle };
    const cancel = after(msMax, settle);
    this.#waiting.add(waiting);
  }
}
