import assert from "node:assert/strict";
import { test } from "node:test";

import { accountNameConstant } from "@kith/sdk/types";

import { pluginShown } from "./plugin-shown.ts";

const board = accountNameConstant("board");
const text = { Custom: { type: { List: { Int: { bits: 8, isSigned: false } } }, id: "string" } };
const number = { Int: { bits: 32, isSigned: false } };
const newest = {
  params: { Object: { limit: number } },
  result: { List: { Object: { title: text, by: { Option: text } } } },
  trust: "none",
};

test("a plugin's functions are told with what they take and give, and of whom the user is asked", () => {
  const share = {
    params: { Object: { title: text } },
    result: null,
    trust: "medium",
    doc: "Shares.",
  };
  const manifest = { doc: "A board.", imports: ["transact"], exports: { share, newest } };
  const shown = pluginShown(board, JSON.stringify(manifest));
  assert.deepEqual(shown, {
    account: board,
    doc: "A board.",
    uses: ["transact"],
    functions: [
      { name: "share", takes: "title: text", gives: undefined, trust: "medium", doc: "Shares." },
      {
        name: "newest",
        takes: "limit: number",
        gives: "list of (title: text, by: text or nothing)",
        trust: "none",
        doc: undefined,
      },
    ],
  });
});

test("what is no manifest is not shown, and trust that nobody knows is the highest", () => {
  for (const none of ["", "[]", "{}", '{"exports":[]}']) {
    assert.equal(pluginShown(board, none), undefined, none);
  }
  const odd = pluginShown(board, '{"imports":7,"exports":{"a":{"trust":"blind"}}}');
  assert.deepEqual(odd?.functions, [
    { name: "a", takes: "", gives: undefined, trust: "max", doc: undefined },
  ]);
});
