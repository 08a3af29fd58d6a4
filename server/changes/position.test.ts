import assert from "node:assert/strict";
import { test } from "node:test";

import { parsePosition, positionText } from "./position.ts";

test("positions are read as they are written", () => {
  for (const position of [
    { num: 0, events: 0 },
    { num: 12, events: 0 },
    { num: 4_294_967_295, events: 2_097_151 },
  ]) {
    assert.deepEqual(parsePosition(positionText(position)), { ok: true, value: position });
  }
});

test("what is no position is refused", () => {
  for (const text of ["", "-1", "1-", "1-0", "01", "1.5", "1-2-3", " 1", "9".repeat(11), "1e3"]) {
    assert.equal(parsePosition(text).ok, false, text);
  }
});
