import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

import { checksumOf } from "@kith/protocol/ids";

import { placeOfBlock } from "../simulator/forgery.ts";
import { Puppets } from "./puppets.ts";

/** What went wrong in other implementations of consensus, by the numbers of our list of such stories. */
const pitfallCount = 37;

test("pitfall 27: commits that come before prepares, and both before their block, make it final when it comes", () => {
  const puppets = new Puppets();
  const { a, genesis } = puppets;
  puppets.begin(2);
  const block = puppets.block(genesis, 2);
  const place = placeOfBlock(block);
  for (const name of ["b", "c", "d"]) puppets.says(name, 2, { prepared: place, committed: place });
  puppets.says("b", 2, { prepared: place });
  assert.equal(a.state.commitNum, 1);
  puppets.tell("c", puppets.proposal(genesis, block));
  assert.equal(a.state.commitNum, 2);
});

test("pitfall 30: a block with a state that this node did not compute gets no vote, although a quorum prepared it", () => {
  const puppets = new Puppets();
  const { a, genesis } = puppets;
  puppets.begin(2);
  const wrong = puppets.block(genesis, 2, { stateRoot: checksumOf("7".repeat(64)) });
  const place = placeOfBlock(wrong);
  puppets.sent();
  puppets.tell("c", puppets.proposal(genesis, wrong));
  for (const name of ["b", "c", "d"]) puppets.says(name, 2, { prepared: place, committed: place });
  assert.ok(puppets.votes().every(({ prepared }) => prepared.id !== wrong.id));
  assert.equal(a.state.commitNum, 1);
});

test("each pitfall is a test, and its name says which", () => {
  const root = fileURLToPath(new URL("../../", import.meta.url));
  const files = globSync(["test/{scenarios,simulator}/**/*.test.ts", "server/**/*.test.ts"], {
    cwd: root,
    exclude: (name) => name.includes("node_modules"),
  });
  const named = new Set<number>();
  for (const file of files) {
    const text = readFileSync(`${root}${file}`, "utf8");
    for (const [, num] of text.matchAll(/test\(\s*["`]pitfall (\d+): /g)) named.add(Number(num));
  }
  const missing = Array.from({ length: pitfallCount }, (_, at) => at + 1).filter(
    (num) => !named.has(num),
  );
  assert.deepEqual(missing, []);
});
