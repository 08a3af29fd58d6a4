import assert from "node:assert/strict";
import { test } from "node:test";

import type { PluginContext } from "@kith/sdk/plugin";
import { accountNameConstant } from "@kith/sdk/types";

import {
  currentAccount,
  isEverywhere,
  isSignedOut,
  setCurrentAccount,
  setEverywhere,
  setSignedOut,
} from "./browser-memory.ts";

const alice = accountNameConstant("alice");
const [board, shop] = [accountNameConstant("board"), accountNameConstant("shop")];

type Place = { readonly bucket: string; readonly key: string; readonly value: Uint8Array };
type Values = Map<string, Uint8Array>;

const nameOf = ({ bucket, key }: Place): string => `${bucket} ${key}`;

/** A call reads what is there when it begins; what it writes counts when it is told to. */
function begin(values: Values) {
  const seen = new Map(values);
  const effects: (() => void)[] = [];
  const data = {
    get: (place: Place) => seen.get(nameOf(place)),
    set: (place: Place) => void effects.push(() => values.set(nameOf(place), place.value)),
    remove: (place: Place) => void effects.push(() => values.delete(nameOf(place))),
  };
  const end = (): void => {
    for (const effect of effects) effect();
  };
  return { context: { call: () => data } as unknown as PluginContext, end };
}

test("a call that counts late brings nothing back of what others have changed meanwhile", () => {
  const values: Values = new Map();
  const before = begin(values);
  setEverywhere(before.context, true);
  setSignedOut(before.context, board, true);
  before.end();
  const late = begin(values);
  setCurrentAccount(late.context, alice);
  setSignedOut(late.context, board, false);
  const meanwhile = begin(values);
  setEverywhere(meanwhile.context, false);
  setSignedOut(meanwhile.context, shop, true);
  meanwhile.end();
  late.end();
  const { context } = begin(values);
  assert.deepEqual([currentAccount(context), isEverywhere(context)], [alice, false]);
  assert.deepEqual([isSignedOut(context, board), isSignedOut(context, shop)], [false, true]);
});

test("a browser that was told nothing knows nobody, and may have no current account again", () => {
  const values: Values = new Map();
  const { context, end } = begin(values);
  assert.deepEqual([currentAccount(context), isEverywhere(context)], [undefined, false]);
  setCurrentAccount(context, alice);
  end();
  const second = begin(values);
  setCurrentAccount(second.context, undefined);
  second.end();
  assert.equal(currentAccount(begin(values).context), undefined);
});
