import assert from "node:assert/strict";
import { test } from "node:test";

import { counted } from "./counted.ts";

test("one thing is one, and all other numbers are several", () => {
  const shown = [0, 1, 2, 999, 1000, 1_234_567].map((count) => counted(count, "# post", "# posts"));
  const expected = ["0 posts", "1 post", "2 posts", "999 posts", "1,000 posts", "1,234,567 posts"];
  assert.deepEqual(shown, expected);
  assert.equal(counted(1, "One thing", "# things"), "One thing");
});
