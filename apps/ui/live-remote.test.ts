import assert from "node:assert/strict";
import { test } from "node:test";

import { remoteOf } from "./live-remote.ts";

test("an answer is as good as the network that it came from", () => {
  const none = { value: undefined, isStale: false, failure: undefined };
  const value = "known";
  assert.deepEqual(remoteOf(none, true), { status: "loading" });
  assert.deepEqual(remoteOf(none, false), { status: "offline", value: undefined });
  assert.deepEqual(remoteOf({ ...none, value }, true), { status: "ready", value });
  assert.deepEqual(remoteOf({ ...none, value, isStale: true }, true), { status: "stale", value });
  assert.deepEqual(remoteOf({ ...none, value, isStale: true }, false), {
    status: "offline",
    value,
  });
  const failed = { value, isStale: true, failure: { code: "query-trapped" } };
  assert.deepEqual(remoteOf(failed, true), { status: "error", code: "query-trapped", value });
});
