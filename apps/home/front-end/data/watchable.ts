import type { Listener, Stop } from "./source.ts";

/** A value that changes; who listens is told it at once, and whenever it does. */
export class Watchable<Value> {
  #value: Value;
  readonly #listeners = new Set<Listener<Value>>();

  constructor(value: Value) {
    this.#value = value;
  }

  get value(): Value {
    return this.#value;
  }

  set(value: Value): void {
    this.#value = value;
    for (const listener of this.#listeners) listener(value);
  }

  watch(listener: Listener<Value>): Stop {
    this.#listeners.add(listener);
    listener(this.#value);
    return () => this.#listeners.delete(listener);
  }
}
