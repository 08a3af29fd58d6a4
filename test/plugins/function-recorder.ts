import { existsSync, readFileSync, writeFileSync } from "node:fs";

import type { FunctionMissing } from "@kith/sandbox/engine";
import { engineOf } from "@kith/sandbox/first-engine";
import { z } from "zod";

/** Where `record-functions.ts` wants to have what plugins call. */
export const recordingVariable = "KITH_RECORD_FUNCTIONS";

/** Fills memory when an instance is made; without it there is none that could tell what is missing. */
const startPlace = 1386;

/** Finds out which functions of the engine plugins call: it gives them one more whenever one is missing. */
export class FunctionRecorder {
  readonly #path: string;
  readonly #places: Set<number>;

  /** Goes on with what was found before. */
  private constructor(path: string) {
    this.#path = path;
    const found = existsSync(path) ? JSON.parse(readFileSync(path, "utf8")) : [];
    this.#places = new Set([startPlace, ...z.array(z.number()).parse(found)]);
  }

  /** Undefined where nobody records. */
  static wanted(): FunctionRecorder | undefined {
    const path = process.env[recordingVariable];
    return path === undefined ? undefined : new FunctionRecorder(path);
  }

  engine(): Uint8Array<ArrayBuffer> {
    return engineOf(this.#places, { areNumbered: true });
  }

  add({ place }: FunctionMissing): void {
    if (this.#places.has(place)) throw new Error(`function ${place} is there, and traps`);
    this.#places.add(place);
    writeFileSync(this.#path, JSON.stringify([...this.#places]));
  }
}
