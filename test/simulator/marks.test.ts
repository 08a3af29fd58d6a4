import assert from "node:assert/strict";
import { test } from "node:test";

import {
  addMarks,
  markNames,
  missingMarks,
  reach,
  requiredMarks,
  type BatchKind,
  type Mark,
  type Marks,
} from "./marks.ts";

const kinds = Object.keys(requiredMarks).filter((kind): kind is BatchKind => kind in requiredMarks);

test("a batch that has not reached one of its marks misses that one, whichever it is", () => {
  for (const kind of kinds) {
    const all: Marks = new Map();
    for (const mark of requiredMarks[kind]) reach(all, mark);
    assert.deepEqual(missingMarks(all, kind), [], kind);
    for (const mark of requiredMarks[kind]) {
      const rest: Marks = new Map([...all].filter(([each]) => each !== mark));
      assert.deepEqual(missingMarks(rest, kind), [mark], kind);
    }
  }
});

test("every mark is required of some batch, and none of one twice", () => {
  const required = new Set<Mark>(kinds.flatMap((kind) => requiredMarks[kind]));
  assert.deepEqual(
    markNames.filter((mark) => !required.has(mark)),
    [],
  );
  for (const kind of kinds) {
    assert.equal(new Set(requiredMarks[kind]).size, requiredMarks[kind].length, kind);
  }
});

test("a batch has reached what any of its runs has", () => {
  const batch: Marks = new Map();
  const [first, second]: readonly Marks[] = [
    new Map([["clog", 2]]),
    new Map([
      ["clog", 1],
      ["pause", 1],
    ]),
  ];
  for (const run of [first, second]) if (run !== undefined) addMarks(batch, run);
  assert.deepEqual(Object.fromEntries(batch), { clog: 3, pause: 1 });
});
