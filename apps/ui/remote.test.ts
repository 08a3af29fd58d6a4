import assert from "node:assert/strict";
import { test } from "node:test";

import { listState, valueOf, type Remote } from "./remote.ts";

const known = { names: ["a", "b"] };
const all: readonly Remote<typeof known>[] = [
  { status: "loading" },
  { status: "ready", value: known },
  { status: "stale", value: known },
  { status: "offline", value: undefined },
  { status: "offline", value: known },
  { status: "error", code: "gone", value: undefined },
];

test("a list shows what is known, and why it may not be all", () => {
  assert.deepEqual(
    all.map((remote) =>
      listState(
        remote,
        ({ names }) => names,
        (code) => `it is ${code}`,
      ),
    ),
    [
      { status: "loading" },
      { status: "ready", items: known.names },
      { status: "stale", items: known.names },
      { status: "offline", items: undefined },
      { status: "offline", items: known.names },
      { status: "error", message: "it is gone", items: undefined },
    ],
  );
  assert.deepEqual(all.map(valueOf), [undefined, known, known, undefined, known, undefined]);
});
