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
  /** Its place among all, as somebody says: orders that keep to it are tried first, and others if those are wrong. */
  readonly position?: number | undefined;
};

/** What an object does. States are values: `apply` makes a new one. */
export type Model<State, Call, Answer> = {
  readonly initial: State;
  /** The state behind the call; undefined where a call in this state is not answered so. No answer fits every state. */
  apply(state: State, call: Call, answer: Answer | undefined): State | undefined;
  /** Whether a call with this answer leaves any state that it fits as it is. */
  changesNothing(call: Call, answer: Answer): boolean;
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

type Next<State> = {
  readonly at: number;
  readonly state: State;
  /** No other choice can do better. */
  readonly isBest: boolean;
};

/** How the search came to a state: the operation that was put last, and what was there to choose from. */
type Step<State> = {
  readonly at: number;
  readonly before: State;
  /** What has not been tried in its place. */
  readonly others: Iterator<Next<State>>;
};

const nothingElse: Iterator<never> = { next: () => ({ done: true, value: undefined }) };

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
    let choices: Iterator<Next<State>> = this.#choices();
    while (this.#open > 0) {
      const next = choices.next();
      if (next.done !== true) {
        if (this.#seen.size > this.#placesMax) {
          return { kind: "undecided", places: this.#seen.size };
        }
        this.#put(next.value, next.value.isBest ? nothingElse : choices);
        choices = this.#choices();
        continue;
      }
      const others = this.#takeBack();
      if (others === undefined) return this.#broken();
      choices = others;
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

  /** What may come next, the most promising first. */
  *#choices(): Generator<Next<State>, undefined> {
    const before = this.#state;
    const text = this.#model.textOf(before);
    const found: Next<State>[] = [];
    for (const at of this.#candidates()) {
      const operation = this.#operations[at];
      if (operation === undefined) continue;
      const { call, answer } = operation;
      const state = this.#model.apply(before, call, answer);
      if (state === undefined) continue;
      // What is right here and changes nothing, here or later, is in nobody's way.
      const isBest = answer !== undefined && this.#model.changesNothing(call, answer);
      if (isBest) {
        if (this.#isNew(at, state)) yield { at, state, isBest };
        return undefined;
      }
      // Nobody has to know of what has no effect: it may as well never take one.
      if (answer !== undefined || this.#model.textOf(state) !== text) {
        found.push({ at, state, isBest });
      }
    }
    found.sort((a, b) => this.#positionOf(a.at) - this.#positionOf(b.at) || a.at - b.at);
    for (const next of found) if (this.#isNew(next.at, next.state)) yield next;
    return undefined;
  }

  #positionOf(at: number): number {
    return this.#operations[at]?.position ?? Number.MAX_VALUE;
  }

  /** Whether the search comes there for the first time. */
  #isNew(at: number, state: State): boolean {
    const mask = this.#mask | (1n << BigInt(at));
    const place = `${mask.toString(36)} ${this.#model.textOf(state)}`;
    if (this.#seen.has(place)) return false;
    this.#seen.add(place);
    return true;
  }

  #put({ at, state }: Next<State>, others: Iterator<Next<State>>): void {
    this.#steps.push({ at, before: this.#state, others });
    this.#state = state;
    this.#mark(at, true);
    if (this.#steps.length > this.#best.length) this.#best = this.#steps.map((step) => step.at);
  }

  /** Gives what else there was in the place of the operation that was last; undefined when there is none left. */
  #takeBack(): Iterator<Next<State>> | undefined {
    const step = this.#steps.pop();
    if (step === undefined) return undefined;
    this.#state = step.before;
    this.#mark(step.at, false);
    return step.others;
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
