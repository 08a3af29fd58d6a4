import type { WriteRow } from "./database.ts";
import { queuedWritesMax } from "./limits.ts";

/** Each app has its own room for what waits, so that none of them takes away the others'. */
export function mayQueue(
  writes: readonly Pick<WriteRow, "app" | "state">[],
  wanted: WriteRow["app"],
): boolean {
  const waiting = writes.filter(({ app, state }) => app === wanted && state === "queued");
  return waiting.length < queuedWritesMax;
}
