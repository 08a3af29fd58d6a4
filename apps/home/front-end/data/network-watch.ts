import type { Listener, NetworkState, Stop } from "./source.ts";

/** What this page's own host says about the network every few seconds, while somebody looks at it. */
export function watchNetwork(listener: Listener<NetworkState>): Stop {
  const host = location.host.slice(location.host.indexOf(".") + 1);
  let state: NetworkState = { status: "looking", host };
  let isOver = false;
  const tell = (next: Partial<NetworkState>): void => {
    state = { ...state, ...next };
    if (!isOver) listener(state);
  };
  const look = async (): Promise<void> => {
    if (document.hidden) return;
    try {
      const chain = state.chain ?? String(await read("/common/chainid"));
      tell({ chain, ...headOf(await read("/common/head")), status: "fine" });
    } catch {
      // What is shown stays, and says that it may be old.
      tell({ status: navigator.onLine ? "away" : "offline" });
    }
  };
  const lookNow = (): void => void look();
  const timer = setInterval(lookNow, refreshMs);
  const events = ["visibilitychange", "online", "offline"] as const;
  for (const event of events) addEventListener(event, lookNow);
  listener(state);
  lookNow();
  return () => {
    isOver = true;
    clearInterval(timer);
    for (const event of events) removeEventListener(event, lookNow);
  };
}

const refreshMs = 3000;

async function read(path: string): Promise<unknown> {
  const answer = await fetch(path, { cache: "no-store" });
  if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
  return answer.json();
}

function headOf(json: unknown): Partial<NetworkState> {
  const member = (name: string): unknown => Reflect.get(Object(json), name);
  return {
    height: Number(member("num")),
    stateRoot: String(member("stateRoot")),
    decidedAt: Date.parse(String(member("time"))),
  };
}
