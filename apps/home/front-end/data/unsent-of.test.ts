import assert from "node:assert/strict";
import { test } from "node:test";

import { accountNameConstant, parseTransactionId } from "@kith/sdk/types";

import { unsentOf } from "./unsent-of.ts";

test("what is final is not waiting, and what failed says why", () => {
  const app = accountNameConstant("board");
  const id = parseTransactionId("ab".repeat(32));
  assert.ok(id.ok);
  const transactionId = id.value;
  const write = { transactionId, signedAt: 5_000, actions: ["auth-keys::setFriends"] };
  const left = { ...write, app, calls: [], isOfThisPage: false, canRetry: false };
  const told = unsentOf([
    { ...left, state: "final" },
    { ...left, state: "sent" },
    { ...left, state: "queued" },
    { ...left, state: "failed", code: "key-young", canRetry: true },
  ]);
  assert.deepEqual(
    told.map(({ state, title, at, code, canRetry }) => [state, title, at, code, canRetry]),
    [
      ["sending", "set friends", 5, undefined, false],
      ["queued", "set friends", 5, undefined, false],
      ["failed", "set friends", 5, "key-young", true],
    ],
  );
  assert.ok(told.every((each) => each.app === app));
});
