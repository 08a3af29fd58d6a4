import type { ClockPort } from "./ports.ts";

/**
 * The clocks and timers of the machine. The wall clock is asked anew each time: it is set while the node runs, and it
 * goes on while the machine sleeps, when the monotonic clock stands still.
 */
export const systemClock: ClockPort = {
  now: () => ({
    monotonicMs: performance.now(),
    wallMicros: Date.now() * 1000,
  }),
  after(delayMs, run) {
    if (delayMs <= 0) {
      const handle = setImmediate(run);
      return () => clearImmediate(handle);
    }
    const handle = setTimeout(run, delayMs);
    return () => clearTimeout(handle);
  },
};
