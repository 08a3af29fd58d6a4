import assert from "node:assert/strict";
import { test } from "node:test";

import { accountNameConstant } from "@kith/protocol/names";
import { nextBelow, seedRandom, type RandomState } from "@kith/protocol/random";
import type { Group } from "@kith/sdk/system/auth-group";
import type { AccountName } from "@kith/sdk/types";

import { agreeing, totalWeight, weightOf, type Voice } from "./delegation.ts";

const seed = Number(process.env["KITH_FUZZ_SEED"] ?? Date.now() & 0x7fff_ffff);

/** Accounts of which each group has only later ones as members, so that there are no cycles. */
function randomVoices(state: RandomState): Map<AccountName, Voice> {
  const names = Array.from({ length: 2 + nextBelow(state, 12) }, (_, i) =>
    accountNameConstant(`a${i}`),
  );
  const voices = new Map<AccountName, Voice>();
  for (const [at, name] of names.entries()) {
    const members = names
      .slice(at + 1)
      .filter(() => nextBelow(state, 3) === 0)
      .map((account) => ({ account, weight: 1 + nextBelow(state, 3) }));
    const total = totalWeight({ threshold: 0, members });
    const group = { threshold: 1 + nextBelow(state, Math.max(1, total)), members };
    voices.set(name, members.length === 0 ? { authService: name } : { authService: name, group });
  }
  return voices;
}

function enough(weight: number, { threshold }: Group): boolean {
  return weight >= threshold;
}

/** A group of one. */
function only(account: AccountName): Group {
  return { threshold: 1, members: [{ account, weight: 1 }] };
}

/** The same as its definition says, without regard to what it costs. */
function agrees(
  voices: ReadonlyMap<AccountName, Voice>,
  name: AccountName,
  speaks: ReadonlySet<AccountName>,
): boolean {
  const group = voices.get(name)?.group;
  if (speaks.has(name) || group === undefined) return speaks.has(name);
  const agreed = group.members.filter(({ account }) => agrees(voices, account, speaks));
  return agreed.reduce((weight, member) => weight + member.weight, 0) >= group.threshold;
}

test(`who agrees is the same as by the definition, in any order of accounts, seed ${seed}`, () => {
  const state = seedRandom(seed);
  for (let round = 0; round < 500; round++) {
    const voices = randomVoices(state);
    const speaks = new Set([...voices.keys()].filter(() => nextBelow(state, 3) === 0));
    const shuffled = new Map(
      [...voices]
        .map((entry) => ({ entry, at: nextBelow(state, 1000) }))
        .toSorted((a, b) => a.at - b.at)
        .map(({ entry }) => entry),
    );
    for (const order of [voices, shuffled]) {
      const agreed = agreeing(order, (name) => speaks.has(name), enough);
      for (const name of voices.keys()) {
        assert.equal(agreed.has(name), agrees(voices, name, speaks), `round ${round}: ${name}`);
      }
    }
  }
});

test("a cycle that should not be there ends, and nobody in it agrees by it", () => {
  const [a, b] = ["a", "b"].map(accountNameConstant);
  assert.ok(a !== undefined && b !== undefined);
  const voices = new Map<AccountName, Voice>([
    [a, { authService: a, group: only(b) }],
    [b, { authService: b, group: only(a) }],
  ]);
  assert.equal(agreeing(voices, () => false, enough).size, 0);
});

test("weights are those of members who agree", () => {
  const [a, b, c] = ["a", "b", "c"].map(accountNameConstant);
  assert.ok(a !== undefined && b !== undefined && c !== undefined);
  const group = {
    threshold: 9,
    members: [
      { account: a, weight: 3 },
      { account: b, weight: 65_535 },
    ],
  };
  assert.equal(weightOf(group, new Set([a, c])), 3);
  assert.equal(weightOf(group, new Set([a, b])), 65_538);
  assert.equal(totalWeight(group), 65_538);
});
