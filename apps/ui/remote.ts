import type { ListState } from "./list-state.ts";

/** What a page knows of something that is kept elsewhere. */
export type Remote<Value> =
  | { readonly status: "loading" }
  | { readonly status: "ready"; readonly value: Value }
  /** As it was; newer is on its way. */
  | { readonly status: "stale"; readonly value: Value }
  /** Without network: as it was, if it was seen before. */
  | { readonly status: "offline"; readonly value: Value | undefined }
  | { readonly status: "error"; readonly code: string; readonly value: Value | undefined };

/** As far as it is known. */
export function valueOf<Value>(remote: Remote<Value>): Value | undefined {
  return remote.status === "loading" ? undefined : remote.value;
}

/** What a list shows of it. `message` says what happened, for each code. */
export function listState<Value, Item>(
  remote: Remote<Value>,
  itemsOf: (value: Value) => readonly Item[],
  message: (code: string) => string,
): ListState<Item> {
  if (remote.status === "loading") return remote;
  const items = remote.value === undefined ? undefined : itemsOf(remote.value);
  if (remote.status === "error") return { status: "error", message: message(remote.code), items };
  if (remote.status === "offline") return { status: "offline", items };
  return items === undefined ? { status: "loading" } : { status: remote.status, items };
}
