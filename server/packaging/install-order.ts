import { err, ok, type Result } from "@kith/protocol/result";

import type { Offered } from "./package.ts";
import type { ResolveError } from "./resolve-error.ts";

/** Each package after those of the others that it needs; in the order of their names where that leaves a choice. */
export function installOrder<Offer extends Offered>(
  files: readonly Offer[],
): Result<readonly Offer[], ResolveError> {
  const byName = new Map(files.map((file) => [file.contents.meta.name, file]));
  const names = [...byName.keys()].toSorted();
  const done = new Map<string, Offer>();
  for (const name of names) {
    const cycle = place(name, [], { byName, done });
    if (cycle !== undefined) return err({ code: "dependency-cycle", packages: cycle });
  }
  return ok([...done.values()]);
}

type Placing<Offer> = {
  readonly byName: ReadonlyMap<string, Offer>;
  readonly done: Map<string, Offer>;
};

/** `above` are the packages that wait for this one; gives those of a cycle. */
function place<Offer extends Offered>(
  name: string,
  above: readonly string[],
  placing: Placing<Offer>,
): readonly string[] | undefined {
  const file = placing.byName.get(name);
  if (file === undefined || placing.done.has(name)) return undefined;
  const path = [...above, name];
  if (above.includes(name)) return path.slice(above.indexOf(name));
  const needed = file.contents.meta.depends.map((each) => each.name).toSorted();
  for (const each of needed) {
    const cycle = place(each, path, placing);
    if (cycle !== undefined) return cycle;
  }
  placing.done.set(name, file);
  return undefined;
}
