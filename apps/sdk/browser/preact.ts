import { useLayoutEffect, useState } from "preact/hooks";

import type { LiveQueries } from "../live/live-queries.ts";
import { queryHook, type UseQuery } from "./query-hook.ts";

/** `useQuery` for Preact; for React see `queryHook`. */
export function preactQueries(live: Pick<LiveQueries<AbortSignal>, "watch">): UseQuery {
  return queryHook({ useState, useLayoutEffect }, live);
}
