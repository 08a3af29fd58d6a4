import assert from "node:assert/strict";
import { test } from "node:test";

import { accountNameConstant } from "@kith/protocol/names";

import { queuedWritesMax } from "./limits.ts";
import { mayQueue } from "./write-room.ts";

const [flood, board] = [accountNameConstant("flood"), accountNameConstant("board")];

test("an app whose writes fill its queue has no more of them taken, and takes no room of other apps'", () => {
  const writes = Array.from(
    { length: queuedWritesMax },
    () => ({ app: flood, state: "queued" }) as const,
  );
  assert.equal(mayQueue(writes, flood), false);
  assert.equal(mayQueue(writes, board), true);
  assert.equal(mayQueue(writes.slice(1), flood), true);
});

test("what failed takes room until it is dropped", () => {
  const writes = Array.from(
    { length: queuedWritesMax },
    () => ({ app: flood, state: "failed" }) as const,
  );
  assert.equal(mayQueue(writes, flood), false);
  assert.equal(mayQueue(writes.slice(1), flood), true);
});

test("what is on its way or final takes no room", () => {
  const states = ["sent", "final"] as const;
  const writes = states.flatMap((state) =>
    Array.from({ length: queuedWritesMax }, () => ({ app: flood, state })),
  );
  assert.equal(mayQueue(writes, flood), true);
});
