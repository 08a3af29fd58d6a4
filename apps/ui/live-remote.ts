import type { Remote } from "./remote.ts";

/** As much of an answer that stays true as a page shows. */
type Live<Value> = {
  readonly value: Value | undefined;
  readonly isStale: boolean;
  readonly failure: { readonly code: string } | undefined;
};

/** What a page knows of such an answer; `isReached` is whether any node can be reached. */
export function remoteOf<Value>(
  { value, isStale, failure }: Live<Value>,
  isReached: boolean,
): Remote<Value> {
  if (failure !== undefined) return { status: "error", code: failure.code, value };
  if (!isReached) return { status: "offline", value };
  if (value === undefined) return { status: "loading" };
  return isStale ? { status: "stale", value } : { status: "ready", value };
}
