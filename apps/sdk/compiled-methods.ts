import type { MethodName } from "@kith/protocol/ids";
import { methodNameConstant } from "@kith/protocol/names";

const compiled = new WeakMap<object, ReadonlyMap<string, MethodName>>();

/**
 * Computes how methods are written in calls. Where it happens while a service's source runs, the answer is part of the
 * image that all its instances start from; a call would spend milliseconds of fuel on it, each time.
 */
export function compileMethods(methods: object): ReadonlyMap<string, MethodName> {
  const known = compiled.get(methods);
  if (known !== undefined) return known;
  const names = new Map(Object.keys(methods).map((name) => [name, methodNameConstant(name)]));
  compiled.set(methods, names);
  return names;
}
