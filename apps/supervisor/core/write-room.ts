import type { WriteRow } from "./database.ts";
import { queuedWritesMax } from "./limits.ts";

/** Each app has its own room for what waits, so that none of them takes away the others'. */
export function mayQueue(
  writes: readonly Pick<WriteRow, "app" | "state">[],
  wanted: WriteRow["app"],
): boolean {
  const waiting = writes.filter((write) => write.app === wanted && isLeft(write));
  return waiting.length < queuedWritesMax;
}

function isLeft({ state }: Pick<WriteRow, "state">): boolean {
  return state === "queued" || state === "failed";
}
