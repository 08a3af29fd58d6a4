import assert from "node:assert/strict";
import { test } from "node:test";

import type { Kith } from "@kith/sdk/connect";
import { accountNameConstant, parseTransactionId } from "@kith/sdk/types";

import { outcomeOf } from "./outcome-of.ts";
import type { Outcome } from "./source.ts";

const [alice, berta] = [accountNameConstant("alice"), accountNameConstant("berta")];
const id = parseTransactionId("ab".repeat(32));
assert.ok(id.ok);
const transactionId = id.value;
const queued: Kith["writes"][number] = {
  transactionId,
  app: accountNameConstant("board"),
  state: "queued",
  signedAt: 5,
  actions: ["board::reply"],
  calls: [],
  isOfThisPage: true,
  canRetry: false,
};

/** A page whose write has been queued, and what has come of it. */
function openQueued() {
  const listeners = new Set<(writes: Kith["writes"]) => void>();
  const kith = {
    user: alice as Kith["user"],
    writes: [queued] as Kith["writes"],
    onWrites: (listener: (writes: Kith["writes"]) => void) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
  const came: Outcome[] = [];
  const written = { ok: false, error: { code: "queued", transactionId } } as const;
  void outcomeOf(kith, written, () => undefined).then((outcome) => came.push(outcome));
  const tell = async (writes: Kith["writes"]): Promise<readonly Outcome[]> => {
    kith.writes = writes;
    for (const listener of listeners) listener(writes);
    await new Promise((heard) => setTimeout(heard));
    return came;
  };
  return { kith, tell, listeners };
}

test("a queued write ends as the network says, once", async () => {
  for (const [state, outcome] of [
    ["final", { ok: true, value: undefined }],
    ["failed", { ok: false, code: "thread-locked" }],
  ] as const) {
    const { tell, listeners } = openQueued();
    assert.deepEqual(await tell([queued]), []);
    assert.deepEqual(await tell([{ ...queued, state, code: "thread-locked" }]), [outcome]);
    assert.equal(listeners.size, 0);
  }
});

test("a page that slept while its write became final, and was forgotten, does not wait for ever", async () => {
  const { tell } = openQueued();
  assert.deepEqual(await tell([]), [{ ok: true, value: undefined }]);
});

test("a list without it says nothing when it is another user's", async () => {
  const { kith, tell } = openQueued();
  kith.user = berta;
  assert.deepEqual(await tell([]), []);
  kith.user = alice;
  assert.deepEqual(await tell([{ ...queued, state: "final" }]), [{ ok: true, value: undefined }]);
});
