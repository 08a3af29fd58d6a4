import assert from "node:assert/strict";
import { after, test } from "node:test";

import { randomJobs } from "./random-jobs.ts";
import { assertAgreement } from "./runtimes-agree.ts";
import { openRuntimes } from "./runtimes.ts";

const runtimes = openRuntimes();
after(() => runtimes.close());

/** `KITH_FUZZ_SEED` and `KITH_PROGRAMS` choose others and more; `main.ts` does without the test runner. */
const wanted = Number(process.env["KITH_FUZZ_SEED"] ?? Number.NaN);
const seed = Number.isInteger(wanted) ? wanted : Date.now() & 0x7fff_ffff;
const count = Number(process.env["KITH_PROGRAMS"] ?? 60);

test(`${count} random programs give the same on every runtime (first seed ${seed})`, async () => {
  const comparisons = await assertAgreement(runtimes, randomJobs(seed, count));
  const done = comparisons.filter(({ outcome }) => outcome.code === "done");
  assert.ok(done.length > (2 / 3) * count, `only ${done.length} come to their end`);
});
