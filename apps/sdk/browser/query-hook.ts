import type { ClientQuery } from "../client/service-client.ts";
import type { LiveQueries, LiveState } from "../live/live-queries.ts";

/** The two hooks that this takes; Preact's, React's, and those of whatever speaks like them. */
export type Hooks = {
  readonly useState: <T>(initial: T) => readonly [T, (value: T) => void];
  /** The one that runs before anything is drawn: what is known at once is in the first drawing. */
  readonly useLayoutEffect: (effect: () => () => void, inputs: readonly unknown[]) => void;
};

/** Shows an answer and every new one, for as long as the component is there. */
export type UseQuery = <Args, Value>(
  query: ClientQuery<Args, Value>,
  args: Args,
) => LiveState<Value>;

const nothingYet: LiveState<never> = {
  value: undefined,
  block: undefined,
  isStale: false,
  isOptimistic: false,
  failure: undefined,
};

/**
 * Makes `useQuery` out of a library's own hooks.
 *
 *     import { useLayoutEffect, useState } from "react";
 *     const kith = await connect();
 *     export const useQuery = queryHook({ useState, useLayoutEffect }, kith.live);
 *     // in a component:
 *     const { value: messages, isStale } = useQuery(chat.queries.recent, { room: "hall" });
 */
export function queryHook(
  { useState, useLayoutEffect }: Hooks,
  live: Pick<LiveQueries<AbortSignal>, "watch">,
): UseQuery {
  return function useQuery<Args, Value>(
    query: ClientQuery<Args, Value>,
    args: Args,
  ): LiveState<Value> {
    const { service, target } = query.watched(args);
    const asked = `${service} ${target}`;
    const [shown, show] = useState<Shown<Value>>({ asked, state: nothingYet });
    useLayoutEffect(
      () => live.watch(query, args, (state) => show({ asked, state })),
      // Arguments are new objects each time; what they say may be the same.
      [asked],
    );
    // An answer to other arguments is none to these.
    return shown.asked === asked ? shown.state : nothingYet;
  };
}

type Shown<Value> = { readonly asked: string; readonly state: LiveState<Value> };
