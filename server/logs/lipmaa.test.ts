import assert from "node:assert/strict";
import { test } from "node:test";

import { certificatePool, linkersOf, linkTargetsOf, lipmaa, shortestPath } from "./lipmaa.ts";

test("the links of the first forty entries are those of Bamboo's picture", () => {
  const targets = [
    0, 1, 2, 1, 4, 5, 6, 4, 8, 9, 10, 8, 4, 13, 14, 15, 13, 17, 18, 19, 17, 21, 22, 23, 21, 13, 26,
    27, 28, 26, 30, 31, 32, 30, 34, 35, 36, 34, 26, 13,
  ];
  for (const [index, target] of targets.entries()) {
    assert.equal(lipmaa(BigInt(index + 1)), BigInt(target), `entry ${index + 1}`);
  }
});

test("links are anti-monotone: no two of them cross", () => {
  const targets = Array.from({ length: 401 }, (_, n) => (n === 0 ? -1 : Number(lipmaa(BigInt(n)))));
  for (const [newer, target] of targets.entries()) {
    for (let older = target + 1; older < newer; older++) {
      assert.ok(target <= (targets[older] ?? 0), `${older} and ${newer}`);
    }
  }
});

test("a link that would repeat the backlink is left out", () => {
  assert.deepEqual(linkTargetsOf(1n), { backlink: undefined, lipmaaLink: undefined });
  assert.deepEqual(linkTargetsOf(2n), { backlink: 1n, lipmaaLink: undefined });
  assert.deepEqual(linkTargetsOf(4n), { backlink: 3n, lipmaaLink: 1n });
});

test("every link is found from its target", () => {
  for (let seqNum = 1n; seqNum <= 200n; seqNum++) {
    const linkers: bigint[] = [];
    for (let newer = seqNum + 1n; newer <= 1100n; newer++) {
      if (newer === seqNum + 1n || lipmaa(newer) === seqNum) linkers.push(newer);
    }
    assert.deepEqual(
      linkersOf(seqNum).filter((linker) => linker <= 1100n),
      linkers,
      `${seqNum}`,
    );
  }
});

test("the certificate pool of 23 is the one that Bamboo draws", () => {
  const expected = [40n, 39n, 26n, 25n, 24n, 23n, 22n, 21n, 17n, 13n, 4n, 1n];
  assert.deepEqual(certificatePool(23n), expected);
});

test("two certificate pools hold a path from the newer entry over the older one to the first", () => {
  for (let newer = 1n; newer <= 121n; newer++) {
    for (let older = 1n; older <= newer; older++) {
      const known = new Set([...certificatePool(newer), ...certificatePool(older)]);
      assert.ok(reaches(newer, older, known), `${newer} to ${older}`);
      assert.ok(reaches(older, 1n, known), `${older} to 1`);
    }
  }
});

test("a path stays short in a long log", () => {
  const last = (1n << 64n) - 1n;
  assert.ok(shortestPath(last, 1n).length < 200);
  assert.ok(certificatePool(last).length < 400);
});

function reaches(from: bigint, to: bigint, known: ReadonlySet<bigint>): boolean {
  const open = [from];
  const seen = new Set(open);
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    if (at === to) return true;
    for (const next of [at - 1n, lipmaa(at)]) {
      if (next < to || !known.has(next) || seen.has(next)) continue;
      seen.add(next);
      open.push(next);
    }
  }
  return false;
}
