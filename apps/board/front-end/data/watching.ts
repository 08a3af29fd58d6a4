import type { ClientQuery } from "@kith/sdk/client";
import type { Kith } from "@kith/sdk/connect";
import type { LiveState } from "@kith/sdk/live-queries";
import { remoteOf } from "@kith/ui/live-remote";
import type { Remote } from "@kith/ui/remote";

import type { Listener, Stop } from "./source.ts";

type Watched<Args, Value> = {
  readonly query: ClientQuery<Args, Value>;
  readonly args: Args;
  readonly listener: Listener<Remote<Value>>;
};

/** Watches an answer, and whether the network that it comes from can be reached. */
export function watchQuery<Args, Value>(
  kith: Kith,
  { query, args, listener }: Watched<Args, Value>,
): Stop {
  let known: LiveState<Value> | undefined;
  const tell = (): void => {
    if (known !== undefined) listener(remoteOf(known, kith.isReached));
  };
  const stopReach = kith.onReach(tell);
  const stopLive = kith.live.watch(query, args, (state) => {
    known = state;
    tell();
  });
  return () => {
    stopReach();
    stopLive();
  };
}

/** Begins anew whenever somebody else is signed in. */
export function whoeverUses(kith: Kith, watch: () => Stop): Stop {
  let stop = watch();
  const stopUser = kith.onUser(() => {
    stop();
    stop = watch();
  });
  return () => {
    stopUser();
    stop();
  };
}

/** Watches once there is a connection; `onFailure` hears that there is none. */
export function whenConnected<Connected>(
  connecting: Promise<Connected>,
  watch: (connected: Connected) => Stop,
  onFailure: () => void,
): Stop {
  let stop: Stop | undefined;
  let isOver = false;
  const begin = (connected: Connected): void => {
    if (!isOver) stop = watch(connected);
  };
  const fail = (): void => {
    if (!isOver) onFailure();
  };
  connecting.then(begin, fail);
  return () => {
    isOver = true;
    stop?.();
  };
}
