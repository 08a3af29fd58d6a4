import type { Remote } from "@kith/ui/remote";
import { createContext } from "preact";
import { useContext, useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";

import type { ThreadPage, ThreadShown } from "../../interface.ts";
import type { Draft } from "../../plugin-interface.ts";
import { Drafts, noDraft, type DraftPlace } from "./drafts.ts";
import { nothingSeen, withLook, type SeenPosts } from "./seen-posts.ts";
import { SentWrites } from "./sent-writes.ts";
import type { BoardSource, Listener, SentWrite, Stop, Viewer } from "./source.ts";

export type Board = {
  readonly source: BoardSource;
  readonly writes: SentWrites;
  readonly drafts: Drafts;
};

/** All that pages have, over one source. */
export function boardOver(source: BoardSource): Board {
  const writes = new SentWrites(source, {
    now: () => Date.now(),
    after: (ms, run) => void setTimeout(run, ms),
  });
  const drafts = new Drafts(source, {
    after: (ms, run) => {
      const timer = setTimeout(run, ms);
      return () => clearTimeout(timer);
    },
  });
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden") drafts.flush();
  });
  return { source, writes, drafts };
}

const BoardContext = createContext<Board | undefined>(undefined);

export const BoardProvider = BoardContext.Provider;

export function useBoard(): Board {
  const board = useContext(BoardContext);
  if (board === undefined) throw new Error("a page stands outside of its board");
  return board;
}

export function useViewer(): Viewer {
  const { source } = useBoard();
  return useWatched<Viewer>((tell) => source.watchViewer(tell), unknown);
}

export function useThreads(limit: number): Remote<ThreadPage> {
  const { source } = useBoard();
  const watch = (tell: Listener<Remote<ThreadPage>>): Stop => source.watchThreads(limit, tell);
  const told = useWatched(watch, loading, limit);
  // Who asks for more keeps what is there until it comes.
  const last = useRef(told);
  if (told.status !== "loading") last.current = told;
  return last.current;
}

/** Of all looks at a thread: what is known of it, and a way to look further back. A page is of one thread as long as it is. */
export function useThread(thread: number): {
  readonly state: Remote<ThreadShown | undefined>;
  readonly seen: SeenPosts;
  readonly lookBack: () => void;
} {
  const { source } = useBoard();
  const [looks, setLooks] = useState<readonly number[]>([]);
  const [seen, setSeen] = useState(nothingSeen);
  const [state, setState] = useState<Remote<ThreadShown | undefined>>(loading);
  useLayoutEffect(() => {
    const add = (told: Remote<ThreadShown | undefined>): void => {
      const shown = told.status === "loading" ? undefined : told.value;
      if (shown !== undefined) setSeen((before) => withLook(before, shown));
    };
    const stops = looks.map((before) => source.watchThread({ thread, before }, add));
    stops.push(
      source.watchThread({ thread }, (told) => {
        setState(told);
        add(told);
      }),
    );
    return () => {
      for (const stop of stops) stop();
    };
  }, [source, thread, looks]);
  const { before } = seen;
  const lookBack = (): void => {
    if (before !== undefined && !looks.includes(before)) setLooks([...looks, before]);
  };
  return { state, seen, lookBack };
}

const unknown: Viewer = { status: "unknown" };
const loading: { readonly status: "loading" } = { status: "loading" };

function useWatched<Value>(
  watch: (tell: Listener<Value>) => Stop,
  initial: Value,
  part?: number,
): Value {
  const { source } = useBoard();
  const [told, setTold] = useState(initial);
  // Before anything is drawn: what is known at once is in the first drawing.
  useLayoutEffect(() => watch(setTold), [source, part]);
  return told;
}

export function useSentWrites(): readonly SentWrite[] {
  const { writes } = useBoard();
  const [all, setAll] = useState(writes.all);
  useEffect(() => {
    setAll(writes.all);
    return writes.watch(setAll);
  }, [writes]);
  return all;
}

/** What is typed, a way to change it, and one to send it: see `Drafts.clear`. */
type DraftState = readonly [Draft, (draft: Draft) => void, () => () => void];

/** What is typed at a place, as a state that outlives the page. */
export function useDraft({ account, thread }: DraftPlace): DraftState {
  const { drafts } = useBoard();
  const place = { account, thread };
  const [draft, setDraft] = useState(drafts.known(place) ?? noDraft);
  useEffect(() => {
    let isHere = true;
    const show = (loaded: Draft): void => {
      if (isHere) setDraft(loaded);
    };
    drafts.load(place).then(show, () => undefined);
    return () => {
      isHere = false;
    };
  }, [account, thread]);
  const type = (typed: Draft): void => {
    setDraft(typed);
    drafts.set(place, typed);
  };
  const clear = (): (() => void) => {
    setDraft(noDraft);
    return drafts.clear(place);
  };
  return [draft, type, clear];
}
