import { methodNameConstant } from "@kith/protocol/names";
import { dataHost, type DataPlace } from "@kith/sdk/plugin-host";

import type { Effect } from "./effects.ts";
import { unpacked } from "./unpacked.ts";

const { name: data, functions } = dataHost;
const set = methodNameConstant("set");
/** As many as one answer lists. */
const listedMax = 1000;

type Written = DataPlace & { readonly key: string; readonly value: Uint8Array | undefined };
/** Undefined: removed. */
type Values = ReadonlyMap<string, Uint8Array | undefined>;

/** What a call has itself written into this place: it is not there yet, and the call sees it nevertheless. */
export function ownValues(effects: readonly Effect[], place: DataPlace): Values {
  const name = nameOf(place);
  const values = new Map<string, Uint8Array | undefined>();
  for (const effect of effects) {
    if (effect.host !== data) continue;
    const written = writtenBy(effect);
    if (nameOf(written) === name) values.set(written.key, written.value);
  }
  return values;
}

/**
 * Keys behind `after`, of what is kept and of the call's own writes. `listKept` gives what is kept, at most `listedMax` of it;
 * when that many came, nothing is known of what is behind the last one.
 */
export function listWith(
  own: Values,
  after: string | undefined,
  listKept: (after: string | undefined) => readonly string[],
): readonly string[] {
  const listed: string[] = [];
  let from = after;
  for (;;) {
    const kept = listKept(from);
    const end = kept.length < listedMax ? undefined : kept.at(-1);
    const isHere = (key: string): boolean =>
      (from === undefined || key > from) && (end === undefined || key <= end);
    const added = [...own].flatMap(([key, value]) =>
      value !== undefined && isHere(key) ? [key] : [],
    );
    const left = kept.filter((key) => !own.has(key));
    listed.push(...[...left, ...added].toSorted());
    if (end === undefined || listed.length >= listedMax) return listed.slice(0, listedMax);
    from = end;
  }
}

function writtenBy({ method, args }: Effect): Written {
  if (method === set) return unpacked(functions.set, args);
  return { ...unpacked(functions.remove, args), value: undefined };
}

function nameOf({ owner, user, bucket, mode, duration }: DataPlace): string {
  return JSON.stringify([owner, user, bucket, mode, duration]);
}
