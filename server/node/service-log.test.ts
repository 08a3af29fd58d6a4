import assert from "node:assert/strict";
import { test } from "node:test";

import { accountNameConstant } from "@kith/protocol/names";

import { logLinesPerSecondMax, serviceLog } from "./service-log.ts";

const counter = accountNameConstant("counter");

test("lines of services have their name, and cannot control a terminal", () => {
  const printed: string[] = [];
  const log = serviceLog({ print: (line) => printed.push(line), nowMs: () => 0 });
  log(counter, "one\ntwo");
  log(counter, "\u001b[2Jgone");
  assert.deepEqual(printed, ["[counter] one", "[counter] two", "[counter] ?[2Jgone"]);
});

test("a service that writes in a loop prints so many lines a second, and the rest is counted", () => {
  const printed: string[] = [];
  let nowMs = 0;
  const log = serviceLog({ print: (line) => printed.push(line), nowMs: () => nowMs });
  for (let at = 0; at < logLinesPerSecondMax + 7; at++) log(counter, `${at}`);
  assert.equal(printed.length, logLinesPerSecondMax);
  nowMs = 1000;
  log(counter, "later");
  assert.deepEqual(printed.slice(logLinesPerSecondMax), [
    "(7 lines of services were left out)",
    "[counter] later",
  ]);
});
