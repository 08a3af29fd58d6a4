import assert from "node:assert/strict";
import { test } from "node:test";

import { runBatch } from "./batch.ts";
import { drawLiarPlan } from "./liars/draw-liars.ts";
import { addMarks, missingMarks, type Marks } from "./marks.ts";
import { subjectNamed, type SubjectName } from "./subjects.ts";
import { drawWeather, type Weather } from "./weather.ts";

/** All seeds of a batch together have to reach every mark that its kind can reach. */
type Batch = {
  readonly mode: SubjectName;
  readonly weather: Weather;
  readonly rows: readonly Row[];
};

type Row = { readonly producerCount: number; readonly first: number; readonly count: number };

const virtualSeconds = 360;

const batches: readonly Batch[] = [
  {
    mode: "core",
    weather: "usual",
    rows: [
      { producerCount: 3, first: 1, count: 80 },
      { producerCount: 1, first: 100, count: 10 },
      { producerCount: 5, first: 200, count: 30 },
    ],
  },
  {
    mode: "core",
    weather: "storm",
    rows: [
      { producerCount: 5, first: 302, count: 13 },
      { producerCount: 5, first: 2023, count: 1 },
    ],
  },
  {
    mode: "core-bft",
    weather: "usual",
    rows: [
      { producerCount: 4, first: 1, count: 30 },
      { producerCount: 4, first: 46, count: 1 },
      { producerCount: 4, first: 115, count: 1 },
      { producerCount: 7, first: 1000, count: 4 },
    ],
  },
  {
    mode: "core-bft",
    weather: "storm",
    rows: [
      { producerCount: 4, first: 5, count: 1 },
      { producerCount: 4, first: 17, count: 1 },
      { producerCount: 4, first: 39, count: 2 },
    ],
  },
  {
    mode: "replica",
    weather: "usual",
    rows: [
      { producerCount: 3, first: 1, count: 30 },
      { producerCount: 1, first: 100, count: 5 },
      { producerCount: 5, first: 200, count: 8 },
    ],
  },
  { mode: "replica", weather: "storm", rows: [{ producerCount: 3, first: 300, count: 4 }] },
];

for (const batch of batches) {
  const { mode, weather, rows } = batch;
  test(`no seed of the corpus breaks a rule, and every kind of trouble comes: ${mode}, ${weather}`, () => {
    const marks: Marks = new Map();
    for (const row of rows) addMarks(marks, runRow(batch, row));
    assert.deepEqual(missingMarks(marks, `${mode} ${weather}`), []);
  });
}

function runRow({ mode, weather }: Batch, { producerCount, first, count }: Row): Marks {
  const seeds = Array.from({ length: count }, (_, at) => first + at);
  console.log(`${mode}, ${weather}, ${producerCount} producers: seeds ${first} to ${seeds.at(-1)}`);
  const report = runBatch({
    clockMs: () => performance.now(),
    nextSeed: () => seeds.shift(),
    plan: (seed) => ({
      seed,
      producerCount,
      virtualSeconds,
      faults: drawWeather(weather, seed),
      createSubject: subjectNamed(mode),
      ...(mode === "core-bft" ? { liars: drawLiarPlan(seed, producerCount) } : {}),
    }),
    onRun: () => undefined,
  });
  console.log(`${Math.round(report.virtualSeconds / report.realSeconds)} times real time`);
  assert.deepEqual(
    report.failures.map(({ seed, failure }) => ({ seed, failure })),
    [],
  );
  return report.marks;
}
