/**
 * Is there one order of all operations, each at some moment between its call and its answer, in which every answer is
 * right? Herlihy and Wing (1990) call such a history linearizable; the search is that of Wing and Gong (1993) with the
 * memory of Lowe ("Testing for linearizability", 2017, section 2): places of the search that were seen are not seen
 * again. Operations on different objects are independent (Herlihy and Wing, theorem 1), so a history is one object's.
 */
export type Operation<Call, Answer> = {
  /** Who did it, for people. */
  readonly client: string;
  readonly call: Call;
  /** Undefined where nobody knows whether it took effect: it may have, at any time behind its call, or never. */
  readonly answer: Answer | undefined;
  /** On one clock that all clients share. */
  readonly calledMs: number;
  /** Infinity where there is no answer. */
  readonly answeredMs: number;
};

/** What an object does. States are values: `apply` makes a new one. */
export type Model<State, Call, Answer> = {
  readonly initial: State;
  /** The state behind the call; undefined where a call in this state is not answered so. No answer fits every state. */
  apply(state: State, call: Call, answer: Answer | undefined): State | undefined;
  /** The same text for the same state, and only for it. */
  textOf(state: State): string;
};

export type Verdict<Call, Answer> =
  | { readonly kind: "linearizable" }
  /** No order is right. As many as could be were put in order, and none of these can be the next. */
  | {
      readonly kind: "broken";
      readonly ordered: readonly Operation<Call, Answer>[];
      readonly stuck: readonly Operation<Call, Answer>[];
    }
  /** Not known after so many places of the search. */
  | { readonly kind: "undecided"; readonly places: number };

const placesMaxDefault = 2_000_000;

export function checkLinearizable<State, Call, Answer>(
  history: readonly Operation<Call, Answer>[],
  model: Model<State, Call, Answer>,
  placesMax = placesMaxDefault,
): Verdict<Call, Answer> {
  return new Search(history, model, placesMax).run();
}

/** How the search came to a state: the operation that was put last, and where the next attempt there begins. */
type Step<State> = { readonly at: number; readonly before: State };

class Search<State, Call, Answer> {
  readonly #model: Model<State, Call, Answer>;
  readonly #placesMax: number;
  /** In the order of their calls. */
  readonly #operations: readonly Operation<Call, Answer>[];
  readonly #isOrdered: boolean[];
  readonly #seen = new Set<string>();
  readonly #steps: Step<State>[] = [];
  #mask = 0n;
  #state: State;
  /** Operations with an answer that have no place yet. */
  #open: number;
  #best: readonly number[] = [];

  constructor(
    history: readonly Operation<Call, Answer>[],
    model: Model<State, Call, Answer>,
    placesMax: number,
  ) {
    for (const { answer, calledMs, answeredMs } of history) {
      const isTimed = answer === undefined ? answeredMs === Infinity : answeredMs >= calledMs;
      if (!isTimed) throw new RangeError(`an operation from ${calledMs} to ${answeredMs}`);
    }
    this.#model = model;
    this.#placesMax = placesMax;
    this.#operations = history.toSorted((a, b) => a.calledMs - b.calledMs);
    this.#isOrdered = this.#operations.map(() => false);
    this.#open = history.filter(({ answer }) => answer !== undefined).length;
    this.#state = model.initial;
  }

  run(): Verdict<Call, Answer> {
    let from = 0;
    while (this.#open > 0) {
      const next = this.#findNext(from);
      if (next !== undefined) {
        if (this.#seen.size > this.#placesMax)
          return { kind: "undecided", places: this.#seen.size };
        this.#put(next.at, next.state);
        from = 0;
        continue;
      }
      const undone = this.#takeBack();
      if (undone === undefined) return this.#broken();
      from = undone + 1;
    }
    return { kind: "linearizable" };
  }

  /** An operation may be next when no other one without a place was answered before it was called. */
  #candidates(): readonly number[] {
    let endMs = Infinity;
    const found: number[] = [];
    for (const [at, operation] of this.#operations.entries()) {
      if (operation.calledMs > endMs) break;
      if (this.#isOrdered[at] === true) continue;
      found.push(at);
      endMs = Math.min(endMs, operation.answeredMs);
    }
    return found;
  }

  #findNext(from: number): { readonly at: number; readonly state: State } | undefined {
    for (const at of this.#candidates()) {
      const operation = this.#operations[at];
      if (at < from || operation === undefined) continue;
      const state = this.#model.apply(this.#state, operation.call, operation.answer);
      if (state === undefined) continue;
      const place = `${(this.#mask | (1n << BigInt(at))).toString(36)} ${this.#model.textOf(state)}`;
      if (this.#seen.has(place)) continue;
      this.#seen.add(place);
      return { at, state };
    }
    return undefined;
  }

  #put(at: number, state: State): void {
    this.#steps.push({ at, before: this.#state });
    this.#state = state;
    this.#mark(at, true);
    if (this.#steps.length > this.#best.length) this.#best = this.#steps.map((step) => step.at);
  }

  /** Gives the number of the operation that was last; undefined when there is none left. */
  #takeBack(): number | undefined {
    const step = this.#steps.pop();
    if (step === undefined) return undefined;
    this.#state = step.before;
    this.#mark(step.at, false);
    return step.at;
  }

  #mark(at: number, isOrdered: boolean): void {
    this.#isOrdered[at] = isOrdered;
    this.#mask ^= 1n << BigInt(at);
    if (this.#operations[at]?.answer !== undefined) this.#open += isOrdered ? -1 : 1;
  }

  #broken(): Verdict<Call, Answer> {
    for (const at of this.#best) this.#mark(at, true);
    const at = (index: number): readonly Operation<Call, Answer>[] =>
      this.#operations.slice(index, index + 1);
    const stuck = this.#candidates().flatMap(at);
    return { kind: "broken", ordered: this.#best.flatMap(at), stuck };
  }
}
