import type { Database } from "./database.ts";
import { writeSecondsMax } from "./limits.ts";

const fact = "last expiration";

/**
 * When the next transaction expires, in seconds since the Unix epoch: later than all before, in every page of this browser. Two that
 * are otherwise the same would have one id, and the network executes an id once.
 */
export function expirationsIn(database: Database): () => Promise<number> {
  return () => nextExpiration(database, Math.floor(Date.now() / 1000) + writeSecondsMax);
}

async function nextExpiration(database: Database, wanted: number): Promise<number> {
  const change = database.transaction("facts", "readwrite");
  const last = await change.store.get(fact);
  const isAhead = typeof last === "number" && last >= wanted && last < wanted + aheadSecondsMax;
  const expiration = isAhead ? last + 1 : wanted;
  await change.store.put(expiration, fact);
  await change.done;
  return expiration;
}

/** So many more than one a second; beyond it is a clock that has been put back. The network takes a day more. */
const aheadSecondsMax = 12 * 60 * 60;
