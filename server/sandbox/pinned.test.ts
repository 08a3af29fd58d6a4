import assert from "node:assert/strict";
import { test } from "node:test";

import { openEngine } from "./engine/engine-module.ts";
import { fuelSchedule, packSchedule } from "./fuel-schedule.ts";
import { openMachine } from "./machine.ts";
import { requirePinned } from "./pinned.ts";

test("this program has the engine, the pass and the schedule of the protocol", () => {
  openEngine();
  openMachine();
  requirePinned("fuelSchedule", packSchedule(fuelSchedule));
});

test("every number of the fuel schedule that is another one is noticed, and the error says what to do", () => {
  let numbers = 0;
  for (const changed of changedSchedules(fuelSchedule)) {
    numbers++;
    const check = (): void => requirePinned("fuelSchedule", packSchedule(changed));
    assert.throws(check, /the fuel schedule of this installation is .*; install the release that/);
  }
  assert.ok(numbers > 100, `only ${numbers} numbers`);
});

test("an engine of which one byte is another one is refused", () => {
  for (const what of ["engine", "meteredEngine"] as const) {
    const check = (): void => requirePinned(what, Uint8Array.of(0));
    assert.throws(check, /script engine of this installation is [0-9a-f]{64}, not [0-9a-f]{64}/);
  }
});

/** The schedule with one number or text changed, for each of them. */
function* changedSchedules(part: object): Generator<object> {
  for (const [name, value] of Object.entries(part) as [string, unknown][]) {
    if (typeof value === "number") yield { ...part, [name]: value + 1 };
    else if (typeof value === "string") yield { ...part, [name]: `${value} ` };
    else if (typeof value === "object" && value !== null) {
      for (const changed of changedSchedules(value)) yield { ...part, [name]: changed };
    }
  }
}
