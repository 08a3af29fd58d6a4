import type { Model, Operation } from "./linearizability.ts";

/**
 * The definition itself, for small histories: every order of the answered operations and of any of the others is
 * tried, and one is right when nobody stands before somebody who was answered before the other called.
 */
export function isLinearizableByBruteForce<State, Call, Answer>(
  history: readonly Operation<Call, Answer>[],
  model: Model<State, Call, Answer>,
): boolean {
  const answered = history.filter(({ answer }) => answer !== undefined);
  const unknown = history.filter(({ answer }) => answer === undefined);
  for (let chosen = 0; chosen < 2 ** unknown.length; chosen++) {
    const effective = unknown.filter((_, at) => ((chosen >> at) & 1) === 1);
    for (const order of ordersOf([...answered, ...effective])) {
      if (keepsTime(order) && isRight(order, model)) return true;
    }
  }
  return false;
}

function* ordersOf<T>(items: readonly T[]): Generator<readonly T[]> {
  if (items.length === 0) yield [];
  for (const [at, item] of items.entries()) {
    for (const rest of ordersOf(items.toSpliced(at, 1))) yield [item, ...rest];
  }
}

function keepsTime(order: readonly Operation<unknown, unknown>[]): boolean {
  return order.every((earlier, at) =>
    order.slice(at + 1).every((later) => later.answeredMs >= earlier.calledMs),
  );
}

function isRight<State, Call, Answer>(
  order: readonly Operation<Call, Answer>[],
  model: Model<State, Call, Answer>,
): boolean {
  let state = model.initial;
  for (const { call, answer } of order) {
    const next = model.apply(state, call, answer);
    if (next === undefined) return false;
    state = next;
  }
  return true;
}
