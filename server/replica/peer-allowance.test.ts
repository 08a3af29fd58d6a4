import assert from "node:assert/strict";
import { test } from "node:test";

import type { NodeMessage } from "@kith/protocol/node-message";

import { peersKnownMax, peerUnitsMax, peerUnitsPerSecond, questionUnits } from "./limits.ts";
import { PeerAllowance } from "./peer-allowance.ts";
import { TestClock, testNode } from "./test-support.ts";

const [liar, friend] = [testNode(1), testNode(2)];

function answered(allowance: PeerAllowance, kind: NodeMessage["kind"], asked: number): number {
  let count = 0;
  for (let at = 0; at < asked; at += 1) if (allowance.takes(liar, { kind })) count += 1;
  return count;
}

const kinds = [
  "read-round",
  "recall",
  "reminder",
  "header-wanted",
  "chain-request",
  "blocks-request",
  "changes-request",
  "manifest-request",
  "snapshot-request",
] as const;

for (const kind of kinds) {
  test(`of questions of kind ${kind} a node answers so many at once, and so many a second`, () => {
    const clock = new TestClock();
    const allowance = new PeerAllowance(clock);
    const asked = 100_000;
    const cost = questionUnits[kind] ?? assert.fail("it costs nothing");
    assert.equal(answered(allowance, kind, asked), peerUnitsMax / cost);
    clock.advance(1_000);
    const each = peerUnitsPerSecond / cost;
    assert.ok(Math.abs(answered(allowance, kind, asked) - each) <= 1);
    // However long it waits, it never gets more at once.
    clock.advance(60_000);
    assert.equal(answered(allowance, kind, asked), peerUnitsMax / cost);
  });
}

test("who asks too much takes nothing from the others, nor from what it says itself", () => {
  const allowance = new PeerAllowance(new TestClock());
  answered(allowance, "chain-request", 1_000);
  assert.equal(allowance.takes(liar, { kind: "recall" }), false);
  assert.equal(allowance.takes(liar, { kind: "vote" }), true);
  assert.equal(allowance.takes(liar, { kind: "proposal" }), true);
  assert.equal(allowance.takes(friend, { kind: "chain-request" }), true);
});

test("of the many who ask and go nothing is kept for long", () => {
  const clock = new TestClock();
  const allowance = new PeerAllowance(clock);
  answered(allowance, "chain-request", 1_000);
  for (let at = 0; at < 3 * peersKnownMax; at += 1) {
    allowance.takes(testNode(10 + at), { kind: "recall" });
    clock.advance(1);
  }
  assert.ok(allowance.size <= peersKnownMax);
});
