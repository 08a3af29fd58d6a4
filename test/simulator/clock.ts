import type { ClockPort } from "@kith/replica/ports";

import type { Dice } from "./dice.ts";
import type { ClockFaults } from "./faults.ts";
import type { Owner, Scheduler } from "./scheduler.ts";

/** The clocks of one machine: the monotonic one drifts, the wall clock is off and jumps. */
export type NodeClock = ClockPort & {
  /** Sets the wall clock wrong by so much. */
  jump(offMicros: number): void;
  /** The wall clock is set right and stays so. */
  calm(): void;
};

/** Virtual time 0 on a true wall clock: 1 January 2026. */
export const epochMicros = 1_767_225_600_000_000;

export type ClockPorts = {
  readonly scheduler: Scheduler;
  readonly dice: Dice;
  readonly owner: Owner;
  /** Counts down to a crash; here before a timer's work starts. */
  readonly boundary: () => void;
};

export function createNodeClock(ports: ClockPorts, faults: ClockFaults): NodeClock {
  const { scheduler, dice, owner } = ports;
  const rate = 1 + (2 * dice.float() - 1) * faults.driftMax;
  let offsetMicros = Math.round((2 * dice.float() - 1) * faults.skewMicrosMax);
  return {
    now() {
      const nowMicros = scheduler.now();
      const wallMicros = epochMicros + offsetMicros + nowMicros;
      return { monotonicMs: (nowMicros * rate) / 1_000, wallMicros };
    },
    after(delayMs, run) {
      const fire = (): void => {
        ports.boundary();
        run();
      };
      // Never early by a rounding error: whoever waits for the rest again would wait for ever.
      const timer = scheduler.after(Math.ceil((delayMs * 1_000) / rate), fire, owner);
      return () => {
        timer.isCancelled = true;
      };
    },
    jump(offMicros) {
      offsetMicros = offMicros;
    },
    calm() {
      offsetMicros = 0;
    },
  };
}
