import { guestProgram } from "./guest-program.ts";
import type { Job } from "./job.ts";
import { randomProgram } from "./random-program.ts";

const fuel = 200_000_000;

/** One program for each seed from the first on; the seed is its name. */
export function randomJobs(firstSeed: number, count: number): readonly Job[] {
  return Array.from({ length: count }, (_, place) => {
    const seed = firstSeed + place;
    return { name: `seed ${seed}`, source: guestProgram(randomProgram(seed)), fuel };
  });
}
