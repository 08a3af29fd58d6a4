import assert from "node:assert/strict";
import { after, test } from "node:test";

import { seed } from "../fuzz/seed.ts";
import { mutatedRegions, mutatedSources } from "./fuzz-jobs.ts";
import { assertAgreement } from "./runtimes-agree.ts";
import { openRuntimes } from "./runtimes.ts";

const runtimes = openRuntimes();
after(() => runtimes.close());

const sources = 60;
const regions = 60;

/** How a source may end, whatever it is: there is no other way. */
const ends = [
  "done",
  "out-of-fuel",
  "stack-exhausted",
  "service-failed",
  "service-trapped",
  "value-too-long",
  // The definition has become another as well.
  "method-unknown",
  "source-throws",
  "source-trapped",
  "source-without-service",
  "source-has-zero-bytes",
  "definition-malformed",
];

/** A program may come to abort with what it has shown as its code: no value is shown as such a word. */
const machineCode = /^[a-z]+(?:-[a-z]+)+$/;

test(`changed sources end in a declared way, alike on every runtime (seed ${seed})`, async () => {
  const comparisons = await assertAgreement(runtimes, mutatedSources(seed, sources));
  for (const { name, outcome } of comparisons) {
    const isDeclared = ends.includes(outcome.code) || !machineCode.test(outcome.code);
    assert.ok(isDeclared, `${name}: ${outcome.code}`);
  }
});

test(`whatever a guest leaves in the region, the machine goes on, alike on every runtime (seed ${seed})`, async () => {
  const comparisons = await assertAgreement(runtimes, mutatedRegions(seed, regions));
  const codes = new Set(comparisons.map(({ outcome }) => outcome.code));
  assert.ok(codes.has("done") && codes.has("service-trapped"), [...codes].join());
});
