import assert from "node:assert/strict";
import { test } from "node:test";

import { accountNameConstant, parseTransactionId } from "@kith/sdk/types";

import { unsentOf } from "./unsent-of.ts";

test("what is final is not waiting, and what failed says why", () => {
  const app = accountNameConstant("home");
  const id = parseTransactionId("ab".repeat(32));
  assert.ok(id.ok);
  const transactionId = id.value;
  const write = { transactionId, signedAt: 5_000, actions: ["auth-keys::setFriends"] };
  const told = unsentOf(app, [
    { ...write, state: "final" },
    { ...write, state: "sent" },
    { ...write, state: "queued" },
    { ...write, state: "failed", code: "key-young" },
  ]);
  assert.deepEqual(
    told.map(({ state, title, at, code }) => [state, title, at, code]),
    [
      ["sending", "set friends", 5, undefined],
      ["queued", "set friends", 5, undefined],
      ["failed", "set friends", 5, "key-young"],
    ],
  );
});
