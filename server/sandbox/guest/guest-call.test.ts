import assert from "node:assert/strict";
import { test } from "node:test";

import {
  guestOutcomes,
  regionBytes,
  regionHeaderWords,
  regionWindowAt,
} from "@kith/protocol/guest-abi";
import type { AccountName } from "@kith/protocol/ids";
import { accountNameConstant } from "@kith/protocol/names";
import { MachineFault } from "@kith/protocol/service-abi";
import { packText } from "@kith/protocol/texts";

import { outcomeOf, translateTrap, type Outcome } from "./guest-call.ts";
import { GuestSession } from "./guest-session.ts";
import { serviceOperations } from "./service-operations.ts";
import { StartingHost } from "./starting-host.ts";

/** What the machine makes of a region that a guest has left so. */
function outcome(word: number, content: Uint8Array, sizeBytes = content.length): Outcome {
  const bytes = new Uint8Array(regionBytes);
  const words = new Int32Array(bytes.buffer, 0, regionHeaderWords);
  words[0] = word;
  words[1] = sizeBytes;
  bytes.set(content, regionWindowAt);
  const host = new StartingHost({ fuel: 1_000_000, stackBytes: 0 });
  return outcomeOf({ region: { words, bytes } }, new GuestSession(host, serviceOperations));
}

test("an abort is its code and, behind a line feed, its message", () => {
  const given = outcome(guestOutcomes.aborted, packText("too-late\nsorry\nreally"));
  assert.deepEqual(given, { kind: "aborted", code: "too-late", message: "sorry\nreally" });
});

for (const [what, content] of [
  ["without a line feed", packText("x".repeat(60_000))],
  ["with an empty code", packText("\nmessage")],
  ["that is no UTF-8", new Uint8Array(40).fill(0xff)],
  ["that is empty", new Uint8Array()],
] as const) {
  test(`an abort ${what} is a failure: no code of it reaches a receipt`, () => {
    const given = outcome(guestOutcomes.aborted, content);
    assert.equal(given.kind, "failed");
    assert.equal("code" in given && given.code, "service-failed");
  });
}

test("an outcome that there is not is a failure, and sizes that there are not are cut", () => {
  assert.equal(outcome(77, packText("text")).kind, "failed");
  for (const [claimed, size] of [
    [-5, 0],
    [2_147_483_647, regionBytes - regionWindowAt],
  ] as const) {
    const given = outcome(guestOutcomes.done, new Uint8Array(), claimed);
    assert.equal(given.kind === "done" && given.output?.length, size);
  }
});

/** A host of a call that goes on, with fuel and stack left. */
class CalledHost extends StartingHost {
  constructor() {
    super({ fuel: 1_000_000, stackBytes: 1_000_000 });
  }

  override get self(): AccountName {
    return accountNameConstant("notes");
  }
}

for (const message of [
  "Maximum call stack size exceeded",
  "Maximum call stack size exceeded.",
  "Out of memory",
  "Array buffer allocation failed",
]) {
  test(`a runtime that says "${message}" is a fault of the machine, no outcome`, () => {
    assert.ok(translateTrap(new RangeError(message), new CalledHost()) instanceof MachineFault);
  });
}

test("other range errors stay what they are", () => {
  const thrown = new RangeError("Invalid array length");
  assert.equal(translateTrap(thrown, new CalledHost()), thrown);
});
