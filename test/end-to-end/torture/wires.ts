/** How bytes travel from one node to another. */
export type Condition = {
  /** Nothing arrives, and nobody is told: what was sent waits, as it would for retransmissions. */
  readonly isCut: boolean;
  readonly delayMs: number;
  readonly bytesPerSecond: number;
};

export const undisturbed: Condition = { isCut: false, delayMs: 0, bytesPerSecond: Infinity };

/** From one node to another, by their places in the network. */
export type Direction = { readonly from: number; readonly to: number };

type Disturbance = {
  readonly directions: readonly Direction[];
  readonly condition: Condition;
};

/** The state of all directions between nodes. Several faults at once add up. */
export class Wires {
  readonly #disturbances = new Set<Disturbance>();
  readonly #listeners = new Set<() => void>();

  condition({ from, to }: Direction): Condition {
    let found = undisturbed;
    for (const { directions, condition } of this.#disturbances) {
      if (!directions.some((each) => each.from === from && each.to === to)) continue;
      found = {
        isCut: found.isCut || condition.isCut,
        delayMs: found.delayMs + condition.delayMs,
        bytesPerSecond: Math.min(found.bytesPerSecond, condition.bytesPerSecond),
      };
    }
    return found;
  }

  /** Lasts until the function that it gives is called. */
  disturb(directions: readonly Direction[], change: Partial<Condition>): () => void {
    const disturbance = { directions, condition: { ...undisturbed, ...change } };
    this.#disturbances.add(disturbance);
    this.#tell();
    return () => {
      this.#disturbances.delete(disturbance);
      this.#tell();
    };
  }

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #tell(): void {
    for (const listener of this.#listeners) listener();
  }
}
