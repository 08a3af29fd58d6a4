import assert from "node:assert/strict";
import { test } from "node:test";

import type { RunReport } from "./run-report.ts";
import { subjectNamed, type SubjectName } from "./subjects.ts";
import { drawWeather } from "./weather.ts";
import { runSeed } from "./world.ts";

function run(mode: SubjectName, seed: number, print?: (line: string) => void): RunReport {
  return runSeed({
    seed,
    producerCount: 3,
    virtualSeconds: 120,
    faults: drawWeather("usual", seed),
    createSubject: subjectNamed(mode),
    ...(print === undefined ? {} : { print }),
  });
}

for (const mode of ["core", "replica"] as const) {
  test(`a seed is replayed exactly, whether or not its events are printed: ${mode}`, () => {
    for (const seed of [7, 8, 9]) {
      const lines: string[] = [];
      const first = run(mode, seed);
      const again = run(mode, seed, (line) => lines.push(line));
      console.log(`${mode}, seed ${seed}: trace ${first.digest}, ${first.events} events`);
      assert.equal(again.digest, first.digest);
      assert.equal(again.events, first.events);
      assert.deepEqual(again.marks, first.marks);
      assert.ok(lines.length > 100);
    }
  });

  test(`another seed is another run: ${mode}`, () => {
    assert.notEqual(run(mode, 7).digest, run(mode, 8).digest);
  });
}
