import { dataHost, type DataPlace } from "@kith/sdk/plugin-host";

import { answering, type HostAnswers } from "./host-answers.ts";

const listedMax = 1000;

/** What plugins have written into one browser. */
export class BrowserData {
  readonly #values = new Map<
    string,
    { readonly place: DataPlace; readonly key: string; readonly value: Uint8Array }
  >();
  readonly answers: HostAnswers = answering(dataHost, {
    get: ({ key, ...place }) => this.#values.get(nameOf(place, key))?.value,
    set: ({ key, value, ...place }) => {
      this.#values.set(nameOf(place, key), { place, key, value });
    },
    remove: ({ key, ...place }) => void this.#values.delete(nameOf(place, key)),
    keys: ({ after = "", ...place }) =>
      [...this.#values.values()]
        .filter((kept) => nameOf(kept.place, "") === nameOf(place, "") && kept.key > after)
        .map(({ key }) => key)
        .toSorted()
        .slice(0, listedMax),
  });

  /** Ends the session: what was to last for it alone is gone. */
  endSession(): void {
    for (const [name, { place }] of this.#values) {
      if (place.duration === 0) this.#values.delete(name);
    }
  }

  /** Bytes of all values that this plugin has written. */
  sizeOf(owner: string): number {
    const own = [...this.#values.values()].filter(({ place }) => place.owner === owner);
    return own.reduce((sum, { value }) => sum + value.length, 0);
  }
}

function nameOf({ owner, user, bucket, mode, duration }: DataPlace, key: string): string {
  return JSON.stringify([owner, user ?? null, bucket, mode, duration, key]);
}
