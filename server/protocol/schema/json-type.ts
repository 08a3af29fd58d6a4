import type { Layout } from "../fracpack/layout.ts";
import { fracpackDepthMax, jsonNodesMax } from "../limits.ts";

export type Json =
  | null
  | boolean
  | number
  | string
  | readonly Json[]
  | { readonly [name: string]: Json };

/** Why JSON is not a value of a type. */
export type JsonError = {
  readonly code: "json-does-not-fit";
  /** As in `$.actions[0].sender`. */
  readonly path: string;
  readonly expected: string;
};

/** One look at a JSON value. Later errors of a look that has failed already are not kept. */
export type Attempt = {
  readonly path: (string | number)[];
  nodes: number;
  error: JsonError | undefined;
};

/** A type of a schema. Its layout packs JSON values that `accepts` has let through, and unpacks to JSON. */
export type JsonType = {
  readonly layout: Layout;
  /** How many scalars one value of a fixed-size type holds; left out where it is one, or not fixed. */
  readonly fixedValues?: number;
  accepts(value: unknown, attempt: Attempt): boolean;
};

export function startAttempt(): Attempt {
  return { path: [], nodes: 0, error: undefined };
}

export function reject(attempt: Attempt, expected: string): false {
  attempt.error ??= { code: "json-does-not-fit", path: pathText(attempt.path), expected };
  return false;
}

/** Looks at a part of the value, one level deeper. */
export function acceptPart(
  attempt: Attempt,
  key: string | number,
  type: JsonType,
  value: unknown,
): boolean {
  if (attempt.path.length >= fracpackDepthMax) return reject(attempt, "less nesting");
  if (++attempt.nodes > jsonNodesMax) return reject(attempt, "fewer values");
  attempt.path.push(key);
  const fits = type.accepts(value, attempt);
  attempt.path.pop();
  return fits;
}

/** A scalar type, of which `isValue` knows everything. */
export function scalarType<T>(
  layout: Layout<T>,
  expected: string,
  isValue: (value: unknown) => boolean,
): JsonType {
  return { layout, accepts: (value, attempt) => isValue(value) || reject(attempt, expected) };
}

export function isRecord(value: unknown): value is { readonly [name: string]: unknown } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function isList(value: unknown): value is readonly unknown[] {
  return Array.isArray(value);
}

function pathText(path: readonly (string | number)[]): string {
  return path.reduce<string>(
    (text, key) => text + (typeof key === "number" ? `[${key}]` : `.${key}`),
    "$",
  );
}
