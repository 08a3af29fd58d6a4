import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";

import { guestProgram } from "./guest-program.ts";
import { listIntrinsics } from "./list-intrinsics.ts";
import { runJob } from "./run-job.ts";

const listed = readFileSync(join(import.meta.dirname, "intrinsics.txt"), "utf8").trimEnd();

/** Written anew by `bun test/determinism/intrinsics.ts`; what it adds has to be looked at, one by one. */
test("a service can reach exactly the intrinsics that the list has", () => {
  assert.deepEqual(listIntrinsics(), listed.split("\n"));
});

test("nothing that a service can reach shows a clock, chance, memory or another thread", () => {
  const absent =
    /\b(random|performance|WeakRef|FinalizationRegistry|SharedArrayBuffer|Atomics|Intl|gc|setTimeout|setInterval|navigator|os|std|print|load|require|process|Worker|crypto|fetch|Temporal)\b/;
  assert.deepEqual(
    listed.split("\n").filter((line) => absent.test(line)),
    [],
  );
});

test("what a service prints of functions and objects has no addresses in it", () => {
  const program = guestProgram(
    `show(String(Math.max), String(class {}), String({}), String(kith.host), Object.prototype.toString.call(kithRegion));
     show(new Error("x").stack, [Symbol.iterator].map(String), String(function* g() {}));`,
  );
  const [outcome] = runJob({ name: "texts", source: program, fuel: 10_000_000 }).outcomes;
  assert.equal(outcome?.code, "done");
  assert.doesNotMatch(outcome.text, /0x[0-9a-f]{4}/);
  assert.match(outcome.text, /at program \(service:\d+:\d+\)/);
});
