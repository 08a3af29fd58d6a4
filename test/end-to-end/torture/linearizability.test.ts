import assert from "node:assert/strict";
import { test } from "node:test";

import { diceFor, type Dice } from "../../simulator/dice.ts";
import { isLinearizableByBruteForce } from "./brute-force.ts";
import { checkLinearizable, type Model } from "./linearizability.ts";
import { cellModel, listModel, type Answer, type Call, type CellOperation } from "./objects.ts";

const set = (value: number): Call => ({ kind: "set", value });
const swap = (expected: number, value: number): Call => ({ kind: "swap", expected, value });
const append = (item: number): Call => ({ kind: "append", item });
const read: Call = { kind: "read" };
const readList: Call = { kind: "read-list" };
const done: Answer = { kind: "done" };
const swapped: Answer = { kind: "swapped", swapped: true };
const notSwapped: Answer = { kind: "swapped", swapped: false };
const value = (number: number): Answer => ({ kind: "value", value: number });
const length = (count: number): Answer => ({ kind: "length", length: count });
const list = (...items: number[]): Answer => ({ kind: "list", items });

function from(calledMs: number, answeredMs: number, call: Call, answer: Answer): CellOperation {
  return { client: `c${calledMs}`, call, answer, calledMs, answeredMs };
}

/** Called, and never answered. */
function unknown(calledMs: number, call: Call): CellOperation {
  return { client: `c${calledMs}`, call, answer: undefined, calledMs, answeredMs: Infinity };
}

type History = readonly CellOperation[];

const goodCells: Readonly<Record<string, History>> = {
  "nobody did anything": [],
  "one after the other": [from(0, 1, set(1), done), from(2, 3, read, value(1))],
  "a read beside a write sees the old value": [
    from(0, 5, set(1), done),
    from(1, 2, read, value(0)),
  ],
  "a read beside a write sees the new value": [
    from(0, 5, set(1), done),
    from(1, 2, read, value(1)),
  ],
  "two writes at once, and the one that was called first stays": [
    from(0, 5, set(1), done),
    from(1, 4, set(2), done),
    from(6, 7, read, value(1)),
  ],
  "of two swaps at once one wins": [
    from(0, 5, swap(0, 1), swapped),
    from(0, 5, swap(0, 2), notSwapped),
    from(6, 7, read, value(1)),
  ],
  "an answer at the moment of the next call": [
    from(0, 2, set(1), done),
    from(2, 3, read, value(0)),
  ],
  "a write without an answer takes effect much later": [
    unknown(0, set(1)),
    from(1, 2, read, value(0)),
    from(3, 4, read, value(0)),
    from(5, 6, read, value(1)),
  ],
  "a write without an answer never takes effect": [
    unknown(0, set(1)),
    from(1, 2, read, value(0)),
    from(3, 4, set(2), done),
    from(5, 6, read, value(2)),
  ],
  "a swap without an answer explains who wrote": [
    unknown(0, swap(0, 7)),
    from(1, 2, swap(7, 8), swapped),
    from(3, 4, read, value(8)),
  ],
};

const badCells: Readonly<Record<string, History>> = {
  "a stale read": [from(0, 1, set(1), done), from(2, 3, read, value(0))],
  "a stale read behind an overwritten value": [
    from(0, 1, set(1), done),
    from(2, 3, set(2), done),
    from(4, 5, read, value(1)),
  ],
  "a read from the future": [from(0, 1, read, value(1)), from(2, 3, set(1), done)],
  "a value that nobody wrote": [from(0, 1, set(1), done), from(2, 3, read, value(9))],
  "an acknowledged write that is lost": [
    from(0, 1, set(1), done),
    from(2, 3, set(2), done),
    from(4, 5, read, value(2)),
    from(6, 7, read, value(1)),
  ],
  "a lost update: two swaps of the same value win": [
    from(0, 5, swap(0, 1), swapped),
    from(0, 5, swap(0, 2), swapped),
  ],
  "a swap that says it failed, and wrote": [
    from(0, 1, swap(5, 1), notSwapped),
    from(2, 3, read, value(1)),
  ],
  "a swap that fails although its value stands there": [
    from(0, 1, set(4), done),
    from(2, 3, swap(4, 5), notSwapped),
  ],
  "reads that go back, beside a write": [
    from(0, 9, set(1), done),
    from(1, 2, read, value(1)),
    from(3, 4, read, value(0)),
  ],
  "two readers who see two writes in different orders": [
    from(0, 9, set(1), done),
    from(0, 9, set(2), done),
    from(1, 2, read, value(1)),
    from(3, 4, read, value(2)),
    from(5, 6, read, value(1)),
  ],
  "a write without an answer that takes effect twice": [
    unknown(0, set(1)),
    from(1, 2, read, value(1)),
    from(3, 4, set(2), done),
    from(5, 6, read, value(2)),
    from(7, 8, read, value(1)),
  ],
  "a write without an answer that took effect before it was called": [
    from(0, 1, read, value(1)),
    unknown(2, set(1)),
  ],
};

const goodLists: Readonly<Record<string, History>> = {
  "appends at once, in either order": [
    from(0, 5, append(1), length(2)),
    from(1, 4, append(2), length(1)),
    from(6, 7, readList, list(2, 1)),
  ],
  "an append without an answer comes between others": [
    unknown(0, append(1)),
    from(1, 2, append(2), length(1)),
    from(3, 4, append(3), length(3)),
    from(5, 6, readList, list(2, 1, 3)),
  ],
};

const badLists: Readonly<Record<string, History>> = {
  "an append that is there twice": [
    from(0, 1, append(1), length(1)),
    from(2, 3, readList, list(1, 1)),
  ],
  "an append without an answer that is there twice": [
    unknown(0, append(1)),
    from(1, 2, append(2), length(2)),
    from(3, 4, readList, list(1, 2, 1)),
  ],
  "an acknowledged append that is lost": [
    from(0, 1, append(1), length(1)),
    from(2, 3, append(2), length(2)),
    from(4, 5, readList, list(2)),
  ],
  "appends in the other order than they were done": [
    from(0, 1, append(1), length(1)),
    from(2, 3, append(2), length(2)),
    from(4, 5, readList, list(2, 1)),
  ],
  "two appends that were both told to be the first": [
    from(0, 5, append(1), length(1)),
    from(0, 5, append(2), length(1)),
  ],
  "a list that becomes shorter": [
    from(0, 9, append(1), length(1)),
    from(1, 2, readList, list(1)),
    from(3, 4, readList, list()),
  ],
  "readers who see forks of the list": [
    from(0, 9, append(1), length(1)),
    from(0, 9, append(2), length(2)),
    from(1, 2, readList, list(1)),
    from(1, 2, readList, list(2)),
  ],
};

function expectKind<State>(
  histories: Readonly<Record<string, History>>,
  model: Model<State, Call, Answer>,
  kind: "linearizable" | "broken",
): void {
  for (const [name, history] of Object.entries(histories)) {
    test(`${name}: ${kind}`, () => {
      assert.equal(checkLinearizable(history, model).kind, kind);
      assert.equal(isLinearizableByBruteForce(history, model), kind === "linearizable");
    });
  }
}
expectKind(goodCells, cellModel, "linearizable");
expectKind(goodLists, listModel, "linearizable");
expectKind(badCells, cellModel, "broken");
expectKind(badLists, listModel, "broken");

test("what could be ordered of a broken history is told, and what could not be next", () => {
  const wrong = from(4, 5, read, value(1));
  const history = [from(0, 1, set(1), done), from(2, 3, set(2), done), wrong];
  const verdict = checkLinearizable(history, cellModel);
  assert.ok(verdict.kind === "broken");
  assert.deepEqual(verdict.ordered, history.slice(0, 2));
  assert.deepEqual(verdict.stuck, [wrong]);
});

test("a search that would take too long says so instead of guessing", () => {
  const writes = Array.from({ length: 24 }, (_, at) => from(0, 100, set(at + 1), done));
  const history = [...writes, from(101, 102, read, value(99))];
  assert.equal(checkLinearizable(history, cellModel, 1_000).kind, "undecided");
});

test("an operation that was answered before it was called is a fault of the recording", () => {
  assert.throws(() => checkLinearizable([from(2, 1, read, value(0))], cellModel), RangeError);
});

test("hundreds of operations of busy clients are checked in a moment", () => {
  const dice = diceFor(7, "long");
  for (const model of [cellModel, listModel]) {
    const history = playHistory(dice, model, { clients: 10, operations: 300, lossShare: 0.02 });
    assert.equal(checkLinearizable<unknown, Call, Answer>(history, model).kind, "linearizable");
  }
});

test("who says where operations are among all spares the search, and cannot make it accept what is wrong", () => {
  const orders = Array.from({ length: 40 }, (_, at) => at).toSorted(
    (a, b) => ((a * 7) % 40) - ((b * 7) % 40),
  );
  const writes = orders.map((at) => ({
    ...from(0, 100, append(at), length(at + 1)),
    position: at,
  }));
  const right = from(101, 102, readList, list(...orders.keys()));
  assert.equal(checkLinearizable([...writes, right], listModel, 1_000).kind, "linearizable");
  const wrong = from(101, 102, readList, list(...orders));
  assert.equal(checkLinearizable([...writes, wrong], listModel).kind, "broken");
});

const seed = Number(process.env["KITH_FUZZ_SEED"] ?? Math.floor(Math.random() * 1e9));
const randomHistories = 3_000;

test(`random histories are judged as by trying every order (KITH_FUZZ_SEED=${seed})`, () => {
  const dice = diceFor(seed, "histories");
  const counts = { linearizable: 0, broken: 0 };
  for (let count = 0; count < randomHistories; count++) {
    const model = dice.chance(0.5) ? cellModel : listModel;
    const size = { clients: dice.between(1, 4), operations: dice.between(1, 6), lossShare: 0.3 };
    const history = misplace(dice, disturb(dice, playHistory(dice, model, size)));
    const verdict = checkLinearizable<unknown, Call, Answer>(history, model);
    const wanted = isLinearizableByBruteForce<unknown, Call, Answer>(history, model);
    assert.equal(
      verdict.kind,
      wanted ? "linearizable" : "broken",
      `seed ${seed}, history ${count}: ${JSON.stringify(history)}`,
    );
    counts[wanted ? "linearizable" : "broken"]++;
  }
  assert.ok(counts.linearizable > 500 && counts.broken > 500, JSON.stringify(counts));
});

type Size = {
  readonly clients: number;
  readonly operations: number;
  /** Of operations that get no answer; half of them have no effect either. */
  readonly lossShare: number;
};

/** Clients at work on one object: each operation takes effect at a random moment of its time. */
function playHistory(
  dice: Dice,
  model: typeof cellModel | typeof listModel,
  { clients, operations, lossShare }: Size,
): History {
  const freeAtMs = Array.from({ length: clients }, () => 0);
  const planned = Array.from({ length: operations }, (_, at) => {
    const client = dice.below(clients);
    const calledMs = (freeAtMs[client] ?? 0) + dice.between(0, 2);
    const effectMs = calledMs + dice.float() * 4;
    const answeredMs = Math.ceil(effectMs) + dice.between(0, 2);
    freeAtMs[client] = answeredMs + 0.5;
    const isLost = dice.chance(lossShare);
    return { client, calledMs, effectMs, answeredMs, call: drawCall(dice, model, at + 1), isLost };
  });
  let state: unknown = model.initial;
  return planned
    .toSorted((a, b) => a.effectMs - b.effectMs)
    .map(({ client, calledMs, answeredMs, call, isLost }) => {
      const answer = answerIn(state, call);
      const hasEffect = !isLost || dice.chance(0.5);
      if (hasEffect) state = model.apply(state as never, call, undefined);
      const who = `c${client}`;
      if (isLost) return { client: who, call, answer: undefined, calledMs, answeredMs: Infinity };
      return { client: who, call, answer, calledMs, answeredMs };
    });
}

function drawCall(dice: Dice, model: unknown, fresh: number): Call {
  if (model === listModel) return dice.chance(0.5) ? append(fresh) : readList;
  if (dice.chance(0.4)) return read;
  return dice.chance(0.5) ? set(dice.between(1, 3)) : swap(dice.between(0, 3), dice.between(1, 3));
}

/** What the objects answer, written a second time. */
function answerIn(state: unknown, call: Call): Answer {
  const items = Array.isArray(state) ? state.map(Number) : [];
  switch (call.kind) {
    case "set":
      return done;
    case "swap":
      return state === call.expected ? swapped : notSwapped;
    case "read":
      return value(Number(state));
    case "append":
      return length(items.length + 1);
    case "read-list":
      return list(...items);
  }
}

/** Says of some where they are among all, truly or not: that may change how long it takes, and nothing else. */
function misplace(dice: Dice, history: History): History {
  return history.map((operation) =>
    dice.chance(0.3) ? { ...operation, position: dice.below(6) } : operation,
  );
}

/** Two times in three one answer is changed: often, not always, to a wrong one. */
function disturb(dice: Dice, history: History): History {
  const at = dice.below(history.length);
  const operation = history[at];
  if (operation?.answer === undefined || dice.chance(1 / 3)) return history;
  return history.with(at, { ...operation, answer: otherAnswer(dice, operation.answer) });
}

function otherAnswer(dice: Dice, answer: Answer): Answer {
  switch (answer.kind) {
    case "done":
      return answer;
    case "swapped":
      return answer.swapped ? notSwapped : swapped;
    case "value":
      return value(dice.between(0, 3));
    case "length":
      return length(Math.max(1, answer.length + dice.between(-1, 1)));
    case "list":
      return dice.chance(0.5)
        ? list(...answer.items.slice(0, -1))
        : list(...answer.items, dice.between(1, 6));
  }
}
