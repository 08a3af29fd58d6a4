import assert from "node:assert/strict";
import { test } from "node:test";

import { diceFor } from "../dice.ts";
import { Splits } from "./split.ts";

test("pitfall 24: a liar goes through every way to tell two stories to three nodes before it begins again", () => {
  const nodes = ["a", "b", "c"];
  const splits = new Splits(nodes, diceFor(1, "splits"));
  const seen = new Set<string>();
  for (let at = 0; at < 27; at += 1) {
    assert.equal(splits.rounds, 0);
    seen.add(nodes.map((node) => splits.sideOf(node)).join(" "));
    splits.next();
  }
  assert.equal(seen.size, 27);
  assert.equal(splits.rounds, 1);
});
