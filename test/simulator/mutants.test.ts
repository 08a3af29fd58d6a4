import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

import { drawLiarPlan } from "./liars/draw-liars.ts";
import { mutants, type FoundBySeeds, type Mutant } from "./mutants.ts";
import { runScenario } from "./run-scenario.ts";
import { subjectNamed } from "./subjects.ts";
import { drawWeather } from "./weather.ts";
import { runSeed } from "./world.ts";

const command = fileURLToPath(new URL("./main.ts", import.meta.url));
const virtualHours = 0.1;

for (const mutant of mutants) {
  test(`pitfall 32: a network without this rule fails, and with it does not: ${mutant.name}`, () => {
    const { name, found } = mutant;
    if ("scenario" in found) {
      // That it passes with the rule is what all scenarios are run for.
      assert.equal(runScenario(found.scenario, name), "fails", "the scenario does not find it");
    } else {
      findBySeeds(mutant, found);
    }
  });
}

function findBySeeds(mutant: Mutant, found: FoundBySeeds): void {
  const { seed, kind, rule } = findFailure(mutant.name, found);
  console.log(`${mutant.name}: seed ${seed}, ${kind}, ${rule}`);
  assert.ok(kindsOf(mutant).includes(kind), `${kind} is not what it breaks`);
  const { mode, weather, producerCount } = found;
  const { failure } = runSeed({
    seed,
    producerCount,
    virtualSeconds: 3_600 * virtualHours,
    faults: drawWeather(weather, seed),
    createSubject: subjectNamed(mode),
    ...(mode === "core-bft" ? { liars: drawLiarPlan(seed, producerCount) } : {}),
  });
  assert.equal(failure, undefined);
}

/** Before an oracle sees it, an invariant of the product itself may break. */
function kindsOf({ breaks }: Mutant): readonly string[] {
  return breaks === undefined ? ["safety", "broken"] : [breaks];
}

type Found = { readonly seed: number; readonly kind: string; readonly rule: string };

/** In a process of its own, because the source is changed as it is loaded. */
function findFailure(
  name: string,
  { mode, weather, producerCount, seedFirst = 1, seedsMax }: FoundBySeeds,
): Found {
  const options = ["--mutant", name, "--seed", `${seedFirst}`, "--until-failure"];
  options.push(
    "--runs",
    `${seedsMax}`,
    "--hours",
    `${virtualHours}`,
    "--nodes",
    `${producerCount}`,
  );
  if (mode !== "replica") options.push("--core");
  if (mode === "core-bft") options.push("--algorithm", "bft");
  if (weather === "storm") options.push("--storm");
  const child = spawnSync(process.execPath, [command, ...options], { encoding: "utf8" });
  const line = /^seed (\d+): (\w+) at [\d.]+ s: ([^:\n]*)/m.exec(child.stdout);
  assert.ok(
    line !== null,
    `${name} was not found in ${seedsMax} seeds from ${seedFirst}\n${child.stdout}${child.stderr}`,
  );
  const [, seed = "", kind = "", rule = ""] = line;
  return { seed: Number(seed), kind, rule };
}
