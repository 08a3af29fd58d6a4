import assert from "node:assert/strict";
import { test } from "node:test";

import { firstAnswer } from "./first-answer.ts";

type Node = () => Promise<string | undefined>;

const silent: Node = () => new Promise(() => {});
const missing: Node = async () => undefined;
const broken: Node = async () => {
  throw new Error("called off by its user");
};
const there =
  (answer: string, ms = 0): Node =>
  () =>
    new Promise((resolve) => {
      setTimeout(() => resolve(answer), ms);
    });
const patience = { silenceMs: 20, patienceMs: 60 };

/** Asks these; says also who was asked, and who was told that it is over. */
async function ask(nodes: readonly Node[], limits = patience) {
  const asked: number[] = [];
  const calledOff: number[] = [];
  const found = await firstAnswer(
    [...nodes.keys()],
    (place, signal) => {
      asked.push(place);
      signal.addEventListener("abort", () => calledOff.push(place));
      return nodes[place]?.() ?? Promise.resolve(undefined);
    },
    limits,
  );
  return { found, asked, calledOff };
}

test("whoever answers is the only one that is asked, however long its answer takes to read", async () => {
  const { found, asked, calledOff } = await ask([there("a"), there("b")]);
  assert.deepEqual(found, { place: 0, answer: "a" });
  assert.deepEqual([asked, calledOff], [[0], []]);
});

test("who is not there is passed over at once, and who is silent after a while", async () => {
  const passed = await ask([missing, there("b")], { silenceMs: 60_000, patienceMs: 60_000 });
  assert.deepEqual(passed.found, { place: 1, answer: "b" });
  const { found, asked, calledOff } = await ask([silent, there("b")]);
  assert.deepEqual([found, asked], [{ place: 1, answer: "b" }, [0, 1]]);
  assert.deepEqual(calledOff, [0]);
});

test("a late answer counts when the next one has none", async () => {
  const { found } = await ask([there("late", 60), missing, silent], {
    silenceMs: 20,
    patienceMs: 30_000,
  });
  assert.deepEqual(found, { place: 0, answer: "late" });
});

test("where nobody answers it ends, at once or after a while", async () => {
  assert.equal((await ask([missing, missing])).found, undefined);
  const { found, calledOff } = await ask([silent, missing, silent]);
  assert.deepEqual([found, calledOff], [undefined, [0, 1, 2]]);
  assert.equal((await ask([])).found, undefined);
});

test("what an asker throws ends it", async () => {
  await assert.rejects(ask([silent, broken, there("c")]), /by its user/);
});
