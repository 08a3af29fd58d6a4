import assert from "node:assert/strict";
import { test } from "node:test";

import { explainTolerance, networkUsage, parseNetworkArguments } from "./network-arguments.ts";
import { freeNameCharsDefault } from "./node-arguments.ts";

test("without words, three nodes on ports 8080 to 8082", () => {
  assert.deepEqual(parseNetworkArguments([]), {
    ok: true,
    value: {
      nodes: 3,
      algorithm: undefined,
      port: 8080,
      folder: ".kith/network",
      rootHost: "kith.localhost",
      freeNameCharsMin: freeNameCharsDefault,
    },
  });
});

test("every option is read", () => {
  const words =
    "--nodes 5 --algorithm bft --port=9000 --data /d --root-host Our.Example --free-names 1";
  assert.deepEqual(parseNetworkArguments(words.split(" ")), {
    ok: true,
    value: {
      nodes: 5,
      algorithm: "bft",
      port: 9000,
      folder: "/d",
      rootHost: "our.example",
      freeNameCharsMin: 1,
    },
  });
});

test("help is what was asked for, so it ends with status 0", () => {
  assert.deepEqual(parseNetworkArguments(["--help"]), {
    ok: false,
    error: { exitStatus: 0, text: networkUsage },
  });
});

const wrong: readonly (readonly [words: string, message: RegExp])[] = [
  ["--frobnicate", /^Unknown option '--frobnicate'/],
  ["3", /^Unexpected argument '3'/],
  ["--nodes", /--nodes/],
  ["--nodes 0", /^--nodes takes a whole number from 1 to 13, not "0"/],
  ["--nodes 14", /^--nodes takes .*, not "14"/],
  ["--nodes 2.5", /^--nodes takes .*, not "2\.5"/],
  ["--nodes three", /^--nodes takes .*, not "three"/],
  ["--algorithm pow", /^--algorithm takes cft or bft, not "pow"/],
  ["--algorithm=", /^--algorithm takes cft or bft, not ""/],
  ["--port 65534", /^--port takes the first of as many free ports/],
  ["--port 0", /^--port takes/],
  ["--port=", /^--port takes/],
  ["--data=", /^--data takes a folder/],
  ["--root-host a_b", /^--root-host takes a host name/],
  ["--free-names 0", /^--free-names takes a whole number from 1 to 10, not "0"/],
  ["--free-names 11", /^--free-names takes/],
];

for (const [words, message] of wrong) {
  test(`"${words}" is refused with status 2, the reason and the usage`, () => {
    const parsed = parseNetworkArguments(words.split(" "));
    assert.ok(!parsed.ok);
    assert.equal(parsed.error.exitStatus, 2);
    assert.match(parsed.error.text, message);
    assert.ok(parsed.error.text.endsWith(networkUsage));
  });
}

test("whoever starts a network is told what it stands", () => {
  assert.match(explainTolerance("cft", 2), /it stops when one stops/);
  assert.match(explainTolerance("cft", 5), /while 3 of 5 nodes run; all nodes are trusted/);
  assert.match(
    explainTolerance("bft", 3),
    /3 of 3 nodes needed.* no node may lie\. 4 nodes stand one/,
  );
  assert.match(explainTolerance("bft", 4), /while 3 of 4 nodes run as they should; 1 node may/);
  assert.match(explainTolerance("bft", 7), /while 5 of 7 nodes .*; 2 nodes may stop or lie/);
});
