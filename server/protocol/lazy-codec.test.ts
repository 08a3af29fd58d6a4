import assert from "node:assert/strict";
import { test } from "node:test";

import { list, object, option, str, u8, variant, type Codec } from "./fracpack.ts";
import { lazy } from "./lazy-codec.ts";
import { fracpackDepthMax } from "./limits.ts";
import { compileSchema } from "./schema.ts";

type Comment = {
  readonly text: string;
  readonly replies: readonly Comment[];
  readonly best?: Comment;
};
const comment: Codec<Comment> = object({
  text: str,
  replies: list(lazy("Comment", () => comment)),
  best: option(lazy("Comment", () => comment)),
});

const leaf = (text: string): Comment => ({ text, replies: [] });
const tree: Comment = { text: "a", replies: [leaf("b"), leaf("c")], best: leaf("d") };

test("values of a type that contains itself come back as they were packed", () => {
  assert.deepEqual(comment.unpack(comment.pack(tree)), { ok: true, value: tree });
  const view = comment.view(comment.pack(tree));
  assert.ok(view.ok);
  assert.equal(view.value.best?.text, "d");
});

test("the bytes are those of the same type in a schema", () => {
  const schema = compileSchema({ Comment: comment.schema });
  assert.ok(schema.ok);
  const json = {
    text: "a",
    replies: [
      { text: "b", replies: [], best: null },
      { text: "c", replies: [], best: null },
    ],
    best: { text: "d", replies: [], best: null },
  };
  assert.deepEqual(schema.value.packJson("Comment", json), { ok: true, value: comment.pack(tree) });
});

test("nesting without end is refused", () => {
  let deep = leaf("x");
  for (let depth = 0; depth < fracpackDepthMax; depth++) deep = { text: "x", replies: [deep] };
  const read = comment.unpack(comment.pack(deep));
  assert.equal(read.ok ? "read" : read.error.code, "fracpack-too-deep");
});

test("a variant may contain itself, too", () => {
  type Term = { readonly number: number } | { readonly sum: readonly Term[] };
  const term: Codec<Term> = variant({ number: u8, sum: list(lazy("Term", () => term)) });
  const value: Term = { sum: [{ number: 1 }, { sum: [] }] };
  assert.deepEqual(term.unpack(term.pack(value)), { ok: true, value });
});
