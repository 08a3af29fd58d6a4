import { reservedPrefix } from "./module-contract.ts";

/** The exported functions that read and write one global; a float is read and written as its bits. */
export type StateAccess = { readonly getter: string; readonly setter: string };

const getterPrefix = `${reservedPrefix}get:`;
const ownPrefix = "global:";

/** The pass's own globals: fuel is an i64, the others are i32. */
export const fuelAccess: StateAccess = accessNamed("fuel");
export const pagesAccess: StateAccess = accessNamed("pages");
export const stackAccess: StateAccess = accessNamed("stack");

/** Of a mutable global of the module itself. */
export function ownAccess(index: number): StateAccess {
  return accessNamed(`${ownPrefix}${index}`);
}

/** Those of the module's own globals among what an instance exports: with them, the pass's globals and its memory it can be kept. */
export function ownAccesses(exported: readonly string[]): readonly StateAccess[] {
  return exported
    .filter((name) => name.startsWith(getterPrefix + ownPrefix))
    .map((name) => accessNamed(name.slice(getterPrefix.length)));
}

function accessNamed(name: string): StateAccess {
  return { getter: getterPrefix + name, setter: `${reservedPrefix}set:${name}` };
}
