import assert from "node:assert/strict";
import { test } from "node:test";

import type { PluginContext } from "@kith/sdk/plugin";
import { dataKeyBytesMax } from "@kith/sdk/plugins/client-data";
import type { InviteShown } from "@kith/sdk/plugins/invite";
import { accountNameConstant } from "@kith/sdk/types";

import { keepLink, withLinks } from "./kept-links.ts";
import { keptLinksMax } from "./limits.ts";

type Kept = { readonly key: string; readonly value: Uint8Array };
type Values = Map<string, Uint8Array>;

/** A call reads what is there when it begins; what it writes counts when it is told to. */
function begin(values: Values) {
  const seen = new Map(values);
  const effects: (() => void)[] = [];
  const data = {
    get: ({ key }: Kept) => seen.get(key),
    keys: () => [...seen.keys()].toSorted(),
    set: ({ key, value }: Kept) => void effects.push(() => values.set(key, value)),
    remove: ({ key }: Kept) => void effects.push(() => values.delete(key)),
  };
  const end = (): void => {
    for (const effect of effects) effect();
  };
  return { context: { call: () => data } as unknown as PluginContext, end };
}

const alice = accountNameConstant("alice");

/** Later ones end later; their keys are in another order. */
function invite(place: number, state = "open"): InviteShown {
  const key = new Uint8Array(44).fill(255 - place);
  const expiresAt = 1_700_000_000_000_000 + place;
  return { key, expiresAt, state, inviter: alice, app: alice, usesMax: 1, uses: 0, memo: "" };
}

function keep(values: Values, place: number): () => void {
  const { context, end } = begin(values);
  keepLink(context, { ...invite(place), link: `//kith.test/#invite=${place}` });
  return end;
}

function linksOf(values: Values, invites: readonly InviteShown[]): readonly (string | undefined)[] {
  return withLinks(begin(values).context, invites).map(({ link }) => link);
}

test("two invites that are made before either of them counts both have their links", () => {
  const values: Values = new Map();
  const ends = [keep(values, 1), keep(values, 2)];
  for (const end of ends) end();
  const links = ["//kith.test/#invite=1", "//kith.test/#invite=2", undefined];
  assert.deepEqual(linksOf(values, [invite(1), invite(2), invite(3)]), links);
});

test("an invite that lets nobody in any more has no link", () => {
  const values: Values = new Map();
  keep(values, 1)();
  assert.deepEqual(linksOf(values, [invite(1, "revoked")]), [undefined]);
});

test("so many links are remembered, and those that end first are forgotten", () => {
  const values: Values = new Map();
  for (let made = 0; made <= keptLinksMax; made++) keep(values, made)();
  assert.equal(values.size, keptLinksMax);
  const [first, second] = linksOf(values, [invite(0), invite(1)]);
  assert.deepEqual([first, second], [undefined, "//kith.test/#invite=1"]);
  for (const key of values.keys()) assert.ok(key.length <= dataKeyBytesMax);
});
