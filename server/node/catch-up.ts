import type { Chain } from "@kith/chain/chain";
import type { CatchUpError } from "@kith/http/node-port";
import { err, ok, type Result } from "@kith/protocol/result";
import type { Replica } from "@kith/replica/replica";
import { systemClock } from "@kith/replica/system-clock";

type CatchUpPorts = {
  /** The newest block that is executed here. */
  readonly appliedNum: () => number;
  /** Calls back once after about this many milliseconds; returns a function that cancels it. */
  readonly after: (delayMs: number, run: () => void) => () => void;
};

export function catchUpOf(chain: Chain): CatchUp {
  return new CatchUp({
    appliedNum: () => chain.applied()?.num ?? 0,
    after: (delayMs, run) => systemClock.after(delayMs, run),
  });
}

type Waiting = { readonly num: number; readonly done: () => void };

/** Lets readers wait until this node has executed all that was acknowledged anywhere when they asked (thesis 6.4). */
export class CatchUp {
  readonly #ports: CatchUpPorts;
  readonly #waiting = new Set<Waiting>();

  constructor(ports: CatchUpPorts) {
    this.#ports = ports;
  }

  /** To be called after each executed block. */
  onExecuted(num: number): void {
    for (const one of this.#waiting) if (one.num <= num) one.done();
  }

  /** Asks who leads how far the network is, and waits until this node is there. */
  catchUp(
    replica: Pick<Replica, "readIndex"> | undefined,
    msMax: number,
  ): Promise<Result<void, CatchUpError>> {
    if (replica === undefined) return Promise.resolve(err({ code: "leader-silent" }));
    return new Promise((resolve) => {
      replica.readIndex((num) => {
        if (num === undefined) resolve(err({ code: "leader-silent" }));
        else this.#reach(num, msMax, resolve);
      });
    });
  }

  #reach(num: number, msMax: number, done: (result: Result<void, CatchUpError>) => void): void {
    if (this.#ports.appliedNum() >= num) return done(ok(undefined));
    const settle = (): void => {
      this.#waiting.delete(waiting);
      cancel();
      // A snapshot brings a node further without executing a block.
      const isThere = this.#ports.appliedNum() >= num;
      done(isThere ? ok(undefined) : err({ code: "catching-up", timeoutMs: msMax }));
    };
    const waiting = { num, done: settle };
    const cancel = this.#ports.after(msMax, settle);
    this.#waiting.add(waiting);
  }
}
