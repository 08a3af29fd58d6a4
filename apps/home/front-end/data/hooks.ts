import { valueOf, type Remote } from "@kith/ui/remote";
import { createContext } from "preact";
import {
  useCallback,
  useContext,
  useEffect,
  useLayoutEffect,
  useRef,
  useState,
} from "preact/hooks";

import type {
  Acts,
  HomeSource,
  Listener,
  NetworkState,
  Outcome,
  Questions,
  Session,
  Stop,
  UnsentWrite,
} from "./source.ts";

type Home = {
  readonly source: HomeSource;
  /** Counts what the user has done: answers from before may have changed. */
  readonly acted: number;
  readonly onActed: () => void;
};

const HomeContext = createContext<Home | undefined>(undefined);

export const HomeProvider = HomeContext.Provider;

/** For the root of the page. */
export function useHomeOf(source: HomeSource): Home {
  const [acted, setActed] = useState(0);
  const onActed = useCallback(() => setActed((before) => before + 1), []);
  // What was done on another device is seen when somebody comes back to this page.
  useEffect(() => {
    const look = (): void => {
      if (!document.hidden) onActed();
    };
    document.addEventListener("visibilitychange", look);
    addEventListener("online", look);
    return () => {
      document.removeEventListener("visibilitychange", look);
      removeEventListener("online", look);
    };
  }, [onActed]);
  return { source, acted, onActed };
}

function useHome(): Home {
  const home = useContext(HomeContext);
  if (home === undefined) throw new Error("a page stands outside of its home");
  return home;
}

export function useSession(): Session {
  const { source } = useHome();
  return useWatched<Session>((tell) => source.watchSession(tell), { status: "unknown" });
}

export function useNetwork(): NetworkState {
  const { source } = useHome();
  return useWatched((tell) => source.watchNetwork(tell), looking);
}

const looking: NetworkState = { status: "looking", host: "" };

export function useUnsent(): readonly UnsentWrite[] {
  const { source } = useHome();
  return useWatched((tell) => source.watchUnsent(tell), none);
}

const none: readonly UnsentWrite[] = [];

function useWatched<Value>(watch: (tell: Listener<Value>) => Stop, initial: Value): Value {
  const { source } = useHome();
  const [told, setTold] = useState(initial);
  // Before anything is drawn: what is known at once is in the first drawing.
  useLayoutEffect(() => watch(setTold), [source]);
  return told;
}

/** The answer to a question, asked again after everything that the user does. `about` says when it is another question. */
export function useAnswer<Value>(
  ask: (questions: Questions) => Promise<Outcome<Value>>,
  about: string,
): { readonly remote: Remote<Value>; readonly retry: () => void } {
  const { source, acted } = useHome();
  const [told, setTold] = useState<Told<Value>>({ about, remote: { status: "loading" } });
  const [attempt, setAttempt] = useState(0);
  useEffect(() => {
    let isOver = false;
    const tell = (outcome: Outcome<Value>): void => {
      if (!isOver) setTold((before) => after(before, about, outcome));
    };
    void source.ask(ask).then(tell);
    return () => {
      isOver = true;
    };
  }, [source, acted, attempt, about]);
  const remote: Remote<Value> = told.about === about ? told.remote : { status: "loading" };
  return { remote, retry: () => setAttempt(attempt + 1) };
}

type Told<Value> = { readonly about: string; readonly remote: Remote<Value> };

/** What was known stays when it cannot be asked again. */
function after<Value>(before: Told<Value>, about: string, outcome: Outcome<Value>): Told<Value> {
  if (outcome.ok) return { about, remote: { status: "ready", value: outcome.value } };
  const value = before.about === about ? valueOf(before.remote) : undefined;
  const { code } = outcome;
  if (code === "unreachable" && !navigator.onLine) {
    return { about, remote: { status: "offline", value } };
  }
  return { about, remote: { status: "error", code, value } };
}

export type Acting = {
  readonly isBusy: boolean;
  /** Why the last one was not done. */
  readonly code: string | undefined;
  /** Resolves with what it gave; undefined when it was not done. */
  readonly run: <Value>(act: (acts: Acts) => Promise<Outcome<Value>>) => Promise<Value | undefined>;
};

/** One thing at a time that the user does here. */
export function useAct(): Acting {
  const { source, onActed } = useHome();
  const [isBusy, setBusy] = useState(false);
  const [code, setCode] = useState<string | undefined>(undefined);
  const isMounted = useRef(true);
  useEffect(() => () => void (isMounted.current = false), []);
  const run: Acting["run"] = async (act) => {
    setBusy(true);
    setCode(undefined);
    const outcome = await source.act(act);
    if (outcome.ok) onActed();
    if (isMounted.current) {
      setBusy(false);
      // Who turned a prompt away knows it.
      if (!outcome.ok && outcome.code !== "prompt-dismissed") setCode(outcome.code);
    }
    return outcome.ok ? outcome.value : undefined;
  };
  return { isBusy, code, run };
}

/** For what is asked while somebody types. */
export function useAsk(): HomeSource["ask"] {
  return useHome().source.ask;
}
