type Patience = {
  /** So long somebody may say nothing before the next one is asked as well. */
  readonly silenceMs: number;
  /** So long all of them may say nothing once everybody was asked. */
  readonly patienceMs: number;
};

/** Asks one of them; undefined when it is not there. The signal ends it, because another one has answered. */
type Asking<Node, Answer> = (node: Node, calledOff: AbortSignal) => Promise<Answer | undefined>;

type Heard<Answer> = { readonly place: number; readonly answer: Answer | undefined };

/**
 * Asks one after the other: the next one when somebody is not there, or is silent. The first answer counts, and whoever was asked beside
 * is told that it is over. Undefined: nobody has answered. What `ask` throws ends it.
 */
export async function firstAnswer<Node, Answer>(
  nodes: readonly Node[],
  ask: Asking<Node, Answer>,
  { silenceMs, patienceMs }: Patience,
): Promise<{ readonly place: number; readonly answer: Answer } | undefined> {
  const open = new Map<number, Promise<Heard<Answer>>>();
  const callers = nodes.map(() => new AbortController());
  let answered: number | undefined;
  try {
    for (let next = 0; next < nodes.length || open.size > 0;) {
      const [place, node, caller] = [next, nodes[next], callers[next]];
      if (node !== undefined && caller !== undefined) {
        open.set(place, heardOf(place, ask(node, caller.signal)));
        next++;
      }
      const isLast = next === nodes.length;
      const heard = await soonest([...open.values()], isLast ? patienceMs : silenceMs);
      if (heard === undefined && isLast) return undefined;
      if (heard === undefined) continue;
      if (heard.answer !== undefined) {
        answered = heard.place;
        return { place: heard.place, answer: heard.answer };
      }
      open.delete(heard.place);
    }
    return undefined;
  } finally {
    for (const [place, caller] of callers.entries()) if (place !== answered) caller.abort();
    // Nobody listens any more to what was called off.
    for (const asked of open.values()) asked.catch(() => undefined);
  }
}

async function heardOf<Answer>(
  place: number,
  asked: Promise<Answer | undefined>,
): Promise<Heard<Answer>> {
  return { place, answer: await asked };
}

/** Undefined when none of them has come by then. */
export function soonest<Value>(
  all: readonly Promise<Value>[],
  ms: number,
): Promise<Value | undefined> {
  const late = Promise.withResolvers<undefined>();
  const timer = setTimeout(() => late.resolve(undefined), ms);
  return Promise.race([...all, late.promise]).finally(() => clearTimeout(timer));
}
