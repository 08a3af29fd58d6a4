import assert from "node:assert/strict";
import { after, test } from "node:test";

import { corpusJobs } from "./corpus.ts";
import { assertAgreement } from "./runtimes-agree.ts";
import { openRuntimes } from "./runtimes.ts";

const runtimes = openRuntimes();
after(() => runtimes.close());

for (const name of runtimes.missing) {
  test(
    `${name} is not on this machine: the programs are not compared there`,
    { skip: true },
    () => undefined,
  );
}

test("the corpus gives the same results, fuel, stack and memory on every runtime and in every instance", async () => {
  const jobs = corpusJobs();
  assert.ok(jobs.length >= 30);
  const comparisons = await assertAgreement(runtimes, jobs);
  for (const { name, outcome } of comparisons) {
    assert.equal(outcome.code, "done", `${name}: ${outcome.text}`);
    assert.ok(outcome.text.length > 50, `${name} shows nothing`);
    assert.doesNotMatch(outcome.text, /^"thrown"/m, name);
  }
});
