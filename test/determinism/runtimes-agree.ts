import assert from "node:assert/strict";

import { compareOn, type Comparison } from "./compare.ts";
import type { Job } from "./job.ts";
import type { Runtimes } from "./runtimes.ts";

const differencesShown = 20;

/** Fails with what differs first, in words. */
export async function assertAgreement(
  runtimes: Runtimes,
  jobs: readonly Job[],
): Promise<readonly Comparison[]> {
  const comparisons = await compareOn(runtimes, jobs);
  const differences = comparisons.flatMap(({ differences: each }) => each);
  assert.deepEqual(differences.slice(0, differencesShown), []);
  return comparisons;
}
