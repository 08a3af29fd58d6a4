/** Answers of an earlier page, by the names of their questions; values are JSON. */
export type KeptAnswers = {
  readonly get: (name: string) => unknown;
  readonly set: (name: string, json: unknown) => void;
};

/** What a browser keeps for an origin; `localStorage` is such a one. */
export type TextStore = {
  readonly getItem: (name: string) => string | null;
  readonly setItem: (name: string, text: string) => void;
  readonly removeItem: (name: string) => void;
};

export type KeptAnswersPort = {
  readonly store: TextStore;
  /** In whose name questions are asked; answers to somebody else are forgotten. */
  readonly user: () => string;
  /** Runs something a moment later: answers come in crowds. */
  readonly later: (run: () => void) => void;
};

/**
 * Keeps the last answers of an app in its own storage, each network's and user's apart, so that a page shows them before a node answers, and without
 * a network. A few dozen answers are kept, those that were told last; an answer that is too long is not.
 */
export function keptAnswers(network: string, { store, user, later }: KeptAnswersPort): KeptAnswers {
  const place = `kith answers ${network}`;
  let known: Kept | undefined;
  let isWaiting = false;
  const current = (): Kept => {
    const kept = known ?? parsed(store.getItem(place));
    return kept?.user === user() ? kept : { user: user(), answers: [] };
  };
  const keep = (): void => {
    isWaiting = false;
    write({ store, place }, current());
  };
  return {
    get: (name) => current().answers.find(([kept]) => kept === name)?.[1],
    set: (name, json) => {
      const others = current().answers.filter(([kept]) => kept !== name);
      const isLong = JSON.stringify(json).length > answerCharsMax;
      const answers = isLong ? others : [...others, [name, json] as const];
      known = { user: user(), answers: answers.slice(-answersMax) };
      if (isWaiting) return;
      isWaiting = true;
      later(keep);
    },
  };
}

type Kept = {
  readonly user: string;
  /** The newest last. */
  readonly answers: readonly (readonly [string, unknown])[];
};

const answersMax = 40;
const answerCharsMax = 50_000;

/** Where there is no room the older half goes; where there is none at all, nothing is kept. */
function write(
  { store, place }: { readonly store: TextStore; readonly place: string },
  { user, answers }: Kept,
): void {
  try {
    store.setItem(place, JSON.stringify({ user, answers }));
  } catch {
    const half = answers.slice(Math.ceil(answers.length / 2));
    if (half.length === 0) store.removeItem(place);
    else write({ store, place }, { user, answers: half });
  }
}

function parsed(text: string | null): Kept | undefined {
  try {
    const json: unknown = JSON.parse(text ?? "null");
    const user: unknown = Reflect.get(Object(json), "user");
    const answers: unknown = Reflect.get(Object(json), "answers");
    if (typeof user !== "string" || !Array.isArray(answers)) return undefined;
    return { user, answers: answers.filter(isAnswer) };
  } catch {
    return undefined;
  }
}

function isAnswer(value: unknown): value is readonly [string, unknown] {
  return Array.isArray(value) && value.length === 2 && typeof value[0] === "string";
}
