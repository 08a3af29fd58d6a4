import assert from "node:assert/strict";
import { test } from "node:test";

import type { WriteRow } from "./database.ts";
import { writeOf } from "./test-writes.ts";
import type { WriteDelivery } from "./write-delivery.ts";
import { WriteQueue } from "./write-queue.ts";
import type { WriteStore } from "./write-store.ts";

test("what is queued in the moment in which all else is done is sent as well", async () => {
  const rows: WriteRow[] = [];
  const delivered: string[] = [];
  const done = Promise.withResolvers<void>();
  const store = {
    next: async () => rows[0],
    // Somebody's own attempt ends here without an answer.
    sweep: async () => {
      if (delivered.length > 0) return;
      rows.push({ ...writeOf(1), signedAt: 1, state: "queued" });
      queue.sendLater();
    },
  };
  const delivery = {
    applyLeft: async () => undefined,
    deliver: async ({ id }: WriteRow) => {
      delivered.push(id);
      rows.length = 0;
      done.resolve();
      return { kind: "failed", code: "refused", message: "" };
    },
  };
  const queue = new WriteQueue({
    store: store as unknown as WriteStore,
    delivery: delivery as unknown as WriteDelivery,
    browser: {
      alone: async (run) => {
        await run();
        return true;
      },
      after: () => () => undefined,
    },
    isSending: () => false,
  });
  queue.sendAll();
  await done.promise;
  assert.deepEqual(delivered, [writeOf(1).id]);
});
