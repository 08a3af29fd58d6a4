import type { Draft } from "../../plugin-interface.ts";
import type { BoardSource } from "./source.ts";

export type DraftPlace = {
  /** In whose name it is typed; whoever is signed in next does not see it. */
  readonly account: string | undefined;
  /** The thread that is answered; 0 for a new one. */
  readonly thread: number;
};

export type DraftsPort = {
  /** Runs later; gives a way to call that off. */
  readonly after: (ms: number, run: () => void) => () => void;
};

type Waiting = { readonly callOff: () => void; readonly keep: () => void };

/** What is typed and not sent: known on this page at once, and kept on this device a moment later. */
export class Drafts {
  readonly #source: Pick<BoardSource, "draft" | "keepDraft">;
  readonly #port: DraftsPort;
  readonly #known = new Map<string, Draft>();
  readonly #waiting = new Map<string, Waiting>();

  constructor(source: Pick<BoardSource, "draft" | "keepDraft">, port: DraftsPort) {
    this.#source = source;
    this.#port = port;
  }

  /** As far as this page knows. */
  known(place: DraftPlace): Draft | undefined {
    return this.#known.get(nameOf(place));
  }

  /** What an earlier page has kept, unless somebody types before that is known. */
  async load(place: DraftPlace): Promise<Draft> {
    const kept = place.account === undefined ? undefined : await this.#source.draft(place.thread);
    const draft = this.known(place) ?? kept ?? noDraft;
    this.#known.set(nameOf(place), draft);
    return draft;
  }

  set(place: DraftPlace, draft: Draft): void {
    const name = nameOf(place);
    this.#known.set(name, draft);
    if (place.account === undefined) return;
    this.#waiting.get(name)?.callOff();
    const keep = (): void => {
      this.#waiting.delete(name);
      this.#source.keepDraft(place.thread, draft);
    };
    this.#waiting.set(name, { callOff: this.#port.after(pauseMs, keep), keep });
  }

  /** It is being sent: it is here no more, and on this device until the one who sends calls what this gives. */
  clear(place: DraftPlace): () => void {
    const name = nameOf(place);
    const waiting = this.#waiting.get(name);
    if (waiting !== undefined) keepNow(waiting);
    this.#known.set(name, noDraft);
    return () => {
      const isEmpty = this.#known.get(name) === noDraft;
      if (isEmpty && place.account !== undefined) this.#source.keepDraft(place.thread, noDraft);
    };
  }

  /** Keeps all of it now: the page may be gone a moment later. */
  flush(): void {
    for (const waiting of this.#waiting.values()) keepNow(waiting);
  }
}

export const noDraft: Draft = { text: "" };

/** Between two letters nothing is kept. */
const pauseMs = 600;

function keepNow({ callOff, keep }: Waiting): void {
  callOff();
  keep();
}

function nameOf({ account = "", thread }: DraftPlace): string {
  return `${account} ${thread}`;
}
