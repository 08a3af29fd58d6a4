import type { ConsensusState } from "@kith/consensus/core/state";
import { nextTickMs } from "@kith/consensus/core/step";

import type { ClockPort } from "./ports.ts";

type TimerPorts = {
  readonly clock: ClockPort;
  readonly state: () => ConsensusState;
  readonly tick: () => void;
};

/** Wakes the core when it next has something to do by itself. */
export class CoreTimer {
  readonly #ports: TimerPorts;
  #dueMs = Number.POSITIVE_INFINITY;
  #cancel = (): void => undefined;

  constructor(ports: TimerPorts) {
    this.#ports = ports;
  }

  /** To be called whenever the core may have changed when that is. */
  arm(): void {
    const { clock, state, tick } = this.#ports;
    const dueMs = nextTickMs(state()) ?? Number.POSITIVE_INFINITY;
    if (dueMs >= this.#dueMs) return;
    this.#cancel();
    this.#dueMs = dueMs;
    const delayMs = Math.max(1, dueMs - clock.now().monotonicMs);
    this.#cancel = clock.after(delayMs, () => {
      this.#dueMs = Number.POSITIVE_INFINITY;
      tick();
      this.arm();
    });
  }

  stop(): void {
    this.#cancel();
  }
}
