import { parseBlockId } from "@kith/protocol/ids";
import { parseAccountName } from "@kith/protocol/names";

import type { Surroundings } from "../connect/page-messages.ts";
import type { TextStore } from "../live/kept-answers.ts";

const place = "kith surroundings";

/** Where an earlier page of this app was, and who used it; undefined where there was none, or at another root. */
export function lastSurroundings(store: TextStore, root: string): Surroundings | undefined {
  const kept = jsonOf(store.getItem(place));
  const network = parseBlockId(textIn(kept, "network"));
  const user = textIn(kept, "user");
  const account = parseAccountName(user);
  if (!network.ok || textIn(kept, "root") !== root || (user !== "" && !account.ok))
    return undefined;
  const surroundings = { network: network.value, root };
  return account.ok ? { ...surroundings, user: account.value } : surroundings;
}

/** For the next page; where there is no room, that one waits to be told. */
export function keepSurroundings(store: TextStore, { network, root, user }: Surroundings): void {
  try {
    store.setItem(place, JSON.stringify({ network, root, user }));
  } catch {
    store.removeItem(place);
  }
}

function jsonOf(text: string | null): unknown {
  try {
    return JSON.parse(text ?? "null");
  } catch {
    return undefined;
  }
}

function textIn(json: unknown, name: string): string {
  const value: unknown = Reflect.get(Object(json), name);
  return typeof value === "string" ? value : "";
}
