import assert from "node:assert/strict";
import { test } from "node:test";

import { accountNameConstant } from "@kith/protocol/names";
import { sitesInterface } from "@kith/sdk/system/sites";
import { packAction } from "@kith/sdk/transaction";

import { batchesOf } from "./batches.ts";
import { batchActionsMax, batchBytesMax } from "./limits.ts";

const alice = accountNameConstant("alice");
const chunk = (sizeBytes: number) =>
  packAction(alice, sitesInterface, "putChunk", { data: new Uint8Array(sizeBytes) });

test("actions keep their order in batches that fit a transaction", () => {
  const actions = [500_000, 300_000, 500_000, 10, 524_288, 524_288].map(chunk);
  const batches = batchesOf(actions);
  assert.deepEqual(batches.flat(), actions);
  assert.deepEqual(
    batches.map((batch) => batch.length),
    [2, 2, 1, 1],
  );
  for (const batch of batches) {
    const sizeBytes = batch.reduce((sum, action) => sum + action.rawData.length, 0);
    assert.ok(sizeBytes <= batchBytesMax);
  }
});

test("many small actions are no more in a batch than a transaction may carry", () => {
  const batches = batchesOf(Array.from({ length: batchActionsMax * 2 + 1 }, () => chunk(1)));
  assert.deepEqual(
    batches.map((batch) => batch.length),
    [batchActionsMax, batchActionsMax, 1],
  );
  assert.deepEqual(batchesOf([]), []);
});
