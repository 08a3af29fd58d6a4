import { ballotRestCodec, type Ballot } from "@kith/protocol/ballot";
import type { LogBatch } from "@kith/replica/ports";

import type { Dice } from "../../../test/simulator/dice.ts";
import type { Scheduler } from "../../../test/simulator/scheduler.ts";
import { micros, type Costs } from "../costs/costs.ts";
import type { Processor } from "./processor.ts";
import type { Setting } from "./setting.ts";

type SlowDiskPorts = {
  readonly scheduler: Scheduler;
  readonly dice: Dice;
  readonly setting: Setting;
  readonly costs: Costs;
  readonly processor: Processor;
};

type Write = { readonly bytes: number; readonly done: () => void };

/** 99 of 100 values of a normal distribution lie below so many standard deviations. */
const deviationsP99 = 2.326;

/** The log as the store brings it to the disk: one fsync at a time, and what comes meanwhile goes with the next (decision 0020). */
export class SlowDisk {
  readonly #ports: SlowDiskPorts;
  #waiting: Write[] = [];
  #isBusy = false;
  bytes = 0;
  syncs = 0;
  busyMicros = 0;

  constructor(ports: SlowDiskPorts) {
    this.#ports = ports;
  }

  persist(batch: LogBatch, done: () => void): void {
    const bytes = sizeOf(batch);
    this.bytes += bytes;
    this.#ports.processor.after(() => {
      this.#waiting.push({ bytes, done });
      this.#schedule();
    });
  }

  /** The transaction is written by the node's own core, behind what waits for it already. */
  #schedule(): void {
    if (this.#isBusy || this.#waiting.length === 0) return;
    const { processor, costs } = this.#ports;
    this.#isBusy = true;
    processor.post(() => {
      const group = this.#waiting;
      this.#waiting = [];
      const bytes = group.reduce((sum, each) => sum + each.bytes, 0);
      processor.charge(micros(costs.persist, bytes));
      processor.after(() => this.#sync(group, bytes));
    });
  }

  #sync(group: readonly Write[], bytes: number): void {
    const { scheduler, setting, processor } = this.#ports;
    const takes = this.#fsyncMicros() + bytes / setting.diskMbPerSecond;
    this.syncs += 1;
    this.busyMicros += takes;
    scheduler.after(takes, () => {
      this.#isBusy = false;
      processor.post(() => {
        for (const { done } of group) done();
      });
      this.#schedule();
    });
  }

  #fsyncMicros(): number {
    const { dice, setting } = this.#ports;
    const { fsyncMsP50, fsyncMsP99 } = setting;
    const deviation = Math.log(fsyncMsP99 / fsyncMsP50) / deviationsP99;
    const normal =
      Math.sqrt(-2 * Math.log(1 - dice.float())) * Math.cos(2 * Math.PI * dice.float());
    return fsyncMsP50 * 1000 * Math.exp(deviation * normal);
  }
}

function sizeOf({ ballot, blocks }: LogBatch): number {
  const first = ballot === undefined ? 0 : ballotBytes(ballot);
  return blocks.reduce((sum, block) => sum + block.bytes.length, first);
}

/** Term and vote, and then mostly the certificate, which is written again with each change of the ballot. */
export function ballotBytes({ root, lock }: Ballot): number {
  const rest = ballotRestCodec.pack({
    ...(root === undefined ? {} : { root }),
    ...(lock === undefined ? {} : { lock }),
  });
  return 36 + rest.length;
}
