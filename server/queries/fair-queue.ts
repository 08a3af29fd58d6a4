import type { AccountName } from "@kith/protocol/ids";

import { queuedMax, queuedOfServiceMax } from "./limits.ts";

export type Queued = { readonly service: AccountName; readonly queuedMs: number };

type Line<T> = {
  readonly service: AccountName;
  readonly waiting: T[];
  /** The time that was spent on this service, on the common scale on which the least goes first. */
  spentMs: number;
};

/**
 * What waits for a process, by service: next is the one on which the least time was spent (start-time fair queueing;
 * Goyal, Vin, Cheng 1996). Who was away does not save up, who was expensive waits for the others.
 */
export class FairQueue<T extends Queued> {
  private readonly lines = new Map<AccountName, Line<T>>();
  /** What was spent on the service that was last served: those who come new start from here. */
  private nowMs = 0;
  private count = 0;

  get size(): number {
    return this.count;
  }

  /** False when too much waits, in all or of this service. */
  push(item: T): boolean {
    const line = this.line(item.service);
    if (this.count >= queuedMax || line.waiting.length >= queuedOfServiceMax) return false;
    line.waiting.push(item);
    this.count++;
    return true;
  }

  /** Puts back what was taken out before, in front, however much waits. */
  putBack(item: T): void {
    this.line(item.service).waiting.unshift(item);
    this.count++;
  }

  /** The next one of those services that may run now. */
  take(mayRun: (service: AccountName) => boolean): T | undefined {
    let least: Line<T> | undefined;
    for (const line of this.lines.values()) {
      if (line.waiting.length === 0 || (least !== undefined && line.spentMs >= least.spentMs)) {
        continue;
      }
      if (mayRun(line.service)) least = line;
    }
    const item = least?.waiting.shift();
    if (least === undefined || item === undefined) return undefined;
    this.nowMs = Math.max(this.nowMs, least.spentMs);
    this.count--;
    return item;
  }

  /** Counts time that was spent on a service. */
  charge(service: AccountName, spentMs: number): void {
    this.line(service).spentMs += spentMs;
    this.forgetIdle();
  }

  /** Takes out what has waited since before `beforeMs`. */
  *takeOlder(beforeMs: number): Generator<T> {
    for (const { waiting } of this.lines.values()) {
      for (let first = waiting[0]; first !== undefined && first.queuedMs < beforeMs;) {
        waiting.shift();
        this.count--;
        yield first;
        first = waiting[0];
      }
    }
  }

  private line(service: AccountName): Line<T> {
    const known = this.lines.get(service);
    if (known !== undefined) {
      if (known.waiting.length === 0) known.spentMs = Math.max(known.spentMs, this.nowMs);
      return known;
    }
    const line: Line<T> = { service, waiting: [], spentMs: this.nowMs };
    this.lines.set(service, line);
    return line;
  }

  /** A line that is empty and in nobody's debt is as good as a new one. */
  private forgetIdle(): void {
    if (this.lines.size <= linesKept) return;
    for (const [service, { waiting, spentMs }] of this.lines) {
      if (waiting.length === 0 && spentMs <= this.nowMs) this.lines.delete(service);
    }
  }
}

const linesKept = 256;
