import type { ClockPort } from "./ports.ts";

/** The clocks and timers of the machine. */
export const systemClock: ClockPort = {
  now: () => ({
    monotonicMs: performance.now(),
    wallMicros: Math.round((performance.timeOrigin + performance.now()) * 1000),
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
