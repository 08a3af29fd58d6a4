import assert from "node:assert/strict";
import { test } from "node:test";

import { parseTortureArguments, tortureUsage } from "./torture-arguments.ts";

test("without words, three nodes are under torture for a minute, under a fresh seed", () => {
  assert.deepEqual(parseTortureArguments([]), {
    ok: true,
    value: {
      minutes: 1,
      nodes: 3,
      algorithm: undefined,
      seed: undefined,
      trace: false,
      mutant: undefined,
    },
  });
});

test("what is given is taken", () => {
  const words =
    "--minutes 0.5 --nodes 7 --algorithm bft --seed 42 --trace --mutant own-term-commit";
  assert.deepEqual(parseTortureArguments(words.split(" ")), {
    ok: true,
    value: {
      minutes: 0.5,
      nodes: 7,
      algorithm: "bft",
      seed: 42,
      trace: true,
      mutant: "own-term-commit",
    },
  });
});

test("help is what was asked for, so it ends with status 0", () => {
  const error = { exitStatus: 0, text: tortureUsage };
  assert.deepEqual(parseTortureArguments(["--help"]), { ok: false, error });
});

const wrong: readonly (readonly [words: string, message: RegExp])[] = [
  ["--frobnicate", /^Unknown option '--frobnicate'/],
  ["3", /^Unexpected argument '3'/],
  ["--minutes", /--minutes/],
  ["--minutes=", /^--minutes takes a number above 0, up to 10080, not ""/],
  ["--minutes 0", /^--minutes takes/],
  ["--minutes=-1", /^--minutes takes/],
  ["--minutes soon", /^--minutes takes/],
  ["--minutes 10081", /^--minutes takes/],
  ["--nodes 1", /^--nodes takes a whole number from 2 to 13, not "1"/],
  ["--nodes 14", /^--nodes takes/],
  ["--nodes 2.5", /^--nodes takes/],
  ["--algorithm raft", /^--algorithm takes cft or bft, not "raft"/],
  ["--seed x", /^--seed takes a whole number, not "x"/],
  ["--seed=", /^--seed takes/],
  ["--mutant none", /^--mutant takes one of .*own-term-commit/],
];

for (const [words, message] of wrong) {
  test(`"${words}" is refused with status 2, the reason and the usage`, () => {
    const parsed = parseTortureArguments(words.split(" "));
    assert.ok(!parsed.ok);
    assert.equal(parsed.error.exitStatus, 2);
    assert.match(parsed.error.text, message);
    assert.ok(parsed.error.text.endsWith(tortureUsage));
  });
}
