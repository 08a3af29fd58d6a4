import assert from "node:assert/strict";
import { test } from "node:test";

import { runBatch } from "./batch.ts";
import type { Mark } from "./marks.ts";
import { subjectNamed, type SubjectName } from "./subjects.ts";
import { drawWeather, type Weather } from "./weather.ts";

type Corpus = {
  readonly mode: SubjectName;
  readonly weather: Weather;
  readonly producerCount: number;
  readonly first: number;
  readonly count: number;
  readonly hours: number;
};

/** The seeds of each row run one after another; all marks have to be reached by the rows of one mode together. */
const corpora: readonly Corpus[] = [
  { mode: "core", weather: "usual", producerCount: 3, first: 1, count: 60, hours: 0.1 },
  { mode: "core", weather: "usual", producerCount: 1, first: 100, count: 10, hours: 0.1 },
  { mode: "core", weather: "usual", producerCount: 5, first: 200, count: 20, hours: 0.1 },
  { mode: "core", weather: "storm", producerCount: 5, first: 300, count: 15, hours: 0.1 },
  { mode: "replica", weather: "usual", producerCount: 3, first: 1, count: 30, hours: 0.1 },
  { mode: "replica", weather: "usual", producerCount: 1, first: 100, count: 5, hours: 0.1 },
  { mode: "replica", weather: "usual", producerCount: 5, first: 200, count: 8, hours: 0.1 },
  { mode: "replica", weather: "storm", producerCount: 3, first: 300, count: 6, hours: 0.1 },
];

/** The core starts without an effect at which it could crash. */
const unreachable: Readonly<Record<SubjectName, readonly Mark[]>> = {
  core: ["crash-while-starting"],
  replica: [],
};

for (const mode of ["core", "replica"] as const) {
  test(`no seed of the corpus breaks a rule, and every kind of trouble comes: ${mode}`, () => {
    const missing: ReadonlySet<Mark>[] = [];
    for (const corpus of corpora) {
      if (corpus.mode === mode) missing.push(new Set(runCorpus(corpus)));
    }
    const [first = new Set<Mark>(), ...others] = missing;
    const never = [...first].filter((mark) => others.every((marks) => marks.has(mark)));
    assert.deepEqual(
      never.filter((mark) => !unreachable[mode].includes(mark)),
      [],
    );
  });
}

/** Which marks it did not reach. */
function runCorpus({ mode, weather, producerCount, first, count, hours }: Corpus): readonly Mark[] {
  const seeds = Array.from({ length: count }, (_, at) => first + at);
  console.log(`${mode}, ${weather}, ${producerCount} producers: seeds ${first} to ${seeds.at(-1)}`);
  const report = runBatch({
    clockMs: () => performance.now(),
    nextSeed: () => seeds.shift(),
    plan: (seed) => ({
      seed,
      producerCount,
      virtualSeconds: 3_600 * hours,
      faults: drawWeather(weather, seed),
      createSubject: subjectNamed(mode),
    }),
    onRun: () => undefined,
  });
  console.log(`${Math.round(report.virtualSeconds / report.realSeconds)} times real time`);
  assert.deepEqual(
    report.failures.map(({ seed, failure }) => ({ seed, failure })),
    [],
  );
  return report.missing;
}
