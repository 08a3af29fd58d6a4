import assert from "node:assert/strict";
import { test } from "node:test";

import { subjectNamed } from "../subjects.ts";
import { drawWeather } from "../weather.ts";
import { runSeed } from "../world.ts";

const firstSeed = 3;
const seedsMax = 20;
const producerCount = 4;
/** One more than four producers stand. */
const liarCount = 2;

test("when more lie than the network stands, and two blocks are final at one height, at least f + 1 are found guilty, and nobody else", () => {
  for (let seed = firstSeed; seed < firstSeed + seedsMax; seed += 1) {
    const { failure, guilty, liars } = runSeed({
      seed,
      producerCount,
      virtualSeconds: 180,
      faults: drawWeather("usual", seed),
      createSubject: subjectNamed("core-bft"),
      liars: { count: liarCount, mayFork: true },
    });
    for (const node of guilty) assert.ok(liars.has(node), `seed ${seed} accuses ${node}`);
    if (failure?.rule !== "one final block a height") continue;
    assert.ok(guilty.size >= liarCount, `seed ${seed} names ${guilty.size}`);
    return;
  }
  assert.fail(`no seed from ${firstSeed} on forked`);
});
