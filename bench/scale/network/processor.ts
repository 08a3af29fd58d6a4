import type { Scheduler } from "../../../test/simulator/scheduler.ts";
import type { Micros } from "../costs/costs.ts";

/**
 * One core. Jobs run in order, one at a time; what a job charges is the time until its effects are seen and the next one
 * starts. Checks of transactions, which the product leaves to threads, take what is left.
 */
export class Processor {
  readonly #scheduler: Scheduler;
  readonly #jobs: Lane<() => void> = new Lane();
  readonly #spare: Lane<{ readonly takes: Micros; readonly done: () => void }> = new Lane();
  #effects: (() => void)[] = [];
  #charged: Micros = 0;
  #isBusy = false;
  busyMicros = 0;

  constructor(scheduler: Scheduler) {
    this.#scheduler = scheduler;
  }

  /** Transactions whose checks wait. */
  get spareWaiting(): number {
    return this.#spare.length;
  }

  post(job: () => void): void {
    this.#jobs.push(job);
    this.#next();
  }

  spare(takes: Micros, done: () => void): void {
    this.#spare.push({ takes, done });
    this.#next();
  }

  /** The job that runs takes so much longer. */
  charge(takes: Micros): void {
    this.#charged += takes;
  }

  /** Runs when the job that runs is over. */
  after(effect: () => void): void {
    this.#effects.push(effect);
  }

  #next(): void {
    if (this.#isBusy) return;
    const job = this.#jobs.shift();
    if (job !== undefined) {
      this.#charged = 0;
      this.#isBusy = true;
      job();
      this.#finishAfter(this.#charged);
      return;
    }
    const spare = this.#spare.shift();
    if (spare === undefined) return;
    this.#isBusy = true;
    this.#effects.push(spare.done);
    this.#finishAfter(spare.takes);
  }

  #finishAfter(takes: Micros): void {
    this.busyMicros += takes;
    this.#scheduler.after(takes, () => {
      const effects = this.#effects;
      this.#effects = [];
      this.#isBusy = false;
      for (const effect of effects) effect();
      this.#next();
    });
  }
}

/** First in, first out, without moving what waits. */
class Lane<T> {
  #items: (T | undefined)[] = [];
  #first = 0;

  get length(): number {
    return this.#items.length - this.#first;
  }

  push(item: T): void {
    this.#items.push(item);
  }

  shift(): T | undefined {
    const item = this.#items[this.#first];
    if (item === undefined) return undefined;
    this.#items[this.#first] = undefined;
    this.#first += 1;
    if (this.#first === this.#items.length) {
      this.#items = [];
      this.#first = 0;
    } else if (this.#first > 1024) {
      this.#items = this.#items.slice(this.#first);
      this.#first = 0;
    }
    return item;
  }
}
