import { schemaComparisonsMax } from "../limits.ts";
import type { AnyType, Members, SchemaTypes } from "../schema-types.ts";
import { resolveType, type Definition } from "../schema/resolve.ts";
import type { Finding, FindingCode } from "./finding.ts";

/**
 * Who reads values of the type: the node reads rows that were stored before; services read what old clients send
 * (`params`); old clients read what services give (`results`, also events).
 */
type Role = "rows" | "params" | "results";

/** The two schemas, and how much may still be looked at. */
export type Comparison = {
  readonly before: SchemaTypes;
  readonly after: SchemaTypes;
  pairsLeft: number;
};

/** What is being compared: a row type, the arguments or the result of an action, or an event. */
export type Subject = { readonly path: string; readonly role: Role; readonly table?: string };

export function startComparison(before: SchemaTypes, after: SchemaTypes): Comparison {
  return { before, after, pairsLeft: schemaComparisonsMax };
}

/** The limit was reached: nothing that was found, or not found, means anything. */
export function isTooLarge(comparison: Comparison): boolean {
  return comparison.pairsLeft < 0;
}

/** Every difference of the types that stand at the same place in both definitions. */
export function compareTypes(
  comparison: Comparison,
  subject: Subject,
  before: AnyType,
  after: AnyType,
): readonly Finding[] {
  const pending: Pair[] = [{ path: subject.path, before, after }];
  const walk: Walk = { comparison, subject, seen: new Set(), pending, findings: [] };
  // A loop: names may lead through thousands of types, which would be as many calls.
  for (const pair of pending) {
    if (--comparison.pairsLeft < 0) break;
    comparePair(walk, pair);
  }
  return walk.findings;
}

type Pair = { readonly path: string; readonly before: AnyType; readonly after: AnyType };

type Walk = {
  readonly comparison: Comparison;
  readonly subject: Subject;
  /** Pairs of named types that have been looked at: types may contain themselves. */
  readonly seen: Set<string>;
  readonly pending: Pair[];
  readonly findings: Finding[];
};

/** A type without the names that lead to it, with the representation that it has on the way. */
type Named = { readonly type: Definition | CustomType; readonly name: string | undefined };
type CustomType = Extract<AnyType, { readonly Custom: unknown }>;

function comparePair(walk: Walk, { path, before, after }: Pair): void {
  const old = withoutNames(walk.comparison.before, before);
  const next = withoutNames(walk.comparison.after, after);
  if (old === undefined || next === undefined) {
    return add(walk, path, "type-unknown", "a name leads to no type");
  }
  if (old.name !== undefined && next.name !== undefined) {
    const pair = JSON.stringify([old.name, next.name]);
    if (walk.seen.has(pair)) return;
    walk.seen.add(pair);
  }
  compareDefinition(walk, path, old.type, next.type);
}

function compareDefinition(
  walk: Walk,
  path: string,
  before: Named["type"],
  after: Named["type"],
): void {
  if ("Object" in before && "Object" in after) {
    return compareMembers(walk, path, before.Object, after.Object);
  }
  if ("Tuple" in before && "Tuple" in after) {
    return compareMembers(walk, path, positions(before.Tuple), positions(after.Tuple));
  }
  if ("Struct" in before && "Struct" in after) {
    return compareStructs(walk, path, before.Struct, after.Struct);
  }
  if ("Variant" in before && "Variant" in after) {
    return compareVariants(walk, path, before.Variant, after.Variant);
  }
  if ("List" in before && "List" in after) {
    return later(walk, within(path, "[]"), before.List, after.List);
  }
  if ("Option" in before && "Option" in after) {
    return later(walk, path, before.Option, after.Option);
  }
  if ("FracPack" in before && "FracPack" in after) {
    return later(walk, path, before.FracPack, after.FracPack);
  }
  if ("Array" in before && "Array" in after) {
    if (Number(before.Array.len) !== Number(after.Array.len)) {
      const lengths = `${before.Array.len} elements became ${after.Array.len}`;
      return add(walk, path, "length-changed", lengths);
    }
    return later(walk, within(path, "[]"), before.Array.type, after.Array.type);
  }
  if ("Custom" in before && "Custom" in after && before.Custom.id === after.Custom.id) {
    return later(walk, path, before.Custom.type, after.Custom.type);
  }
  if (!isSameScalar(before, after)) {
    add(walk, path, "type-changed", `${describe(before)} became ${describe(after)}`);
  }
}

/** Objects and tuples may gain optional fields at the end: both versions read what the other one packs. */
function compareMembers(walk: Walk, path: string, before: Members, after: Members): void {
  const old = Object.entries(before);
  const next = Object.entries(after);
  for (const [at, [name, type]] of old.entries()) {
    const there = next[at];
    const place = within(path, name);
    if (there === undefined) {
      const moved = Object.hasOwn(after, name);
      add(walk, place, moved ? "field-moved" : "field-removed", `field ${shown(name)} is gone`);
    } else if (there[0] !== name) {
      addMisplaced(walk, place, { name, now: there[0], moved: Object.hasOwn(after, name) });
    } else {
      later(walk, place, type, there[1]);
    }
  }
  for (const [name, type] of next.slice(old.length)) {
    const place = within(path, name);
    const resolved = resolveType(walk.comparison.after, type);
    if (resolved === undefined) add(walk, place, "type-unknown", "a name leads to no type");
    else if ("Option" in resolved)
      addSafe(walk, place, "field-added", `field ${shown(name)} is new`);
    else add(walk, place, "field-not-optional", `the new field ${shown(name)} is not optional`);
  }
}

function addMisplaced(
  walk: Walk,
  place: string,
  { name, now, moved }: { readonly name: string; readonly now: string; readonly moved: boolean },
): void {
  const text = `where ${shown(name)} was, there is ${shown(now)}`;
  add(walk, place, moved ? "field-moved" : "field-renamed", text);
}

/** Structs have no room to grow. */
function compareStructs(walk: Walk, path: string, before: Members, after: Members): void {
  const old = Object.entries(before);
  const next = Object.entries(after);
  const same = old.length === next.length && old.every(([name], at) => next[at]?.[0] === name);
  if (!same) return add(walk, path, "struct-changed", "the fields of a struct changed");
  for (const [at, [name, type]] of old.entries()) {
    const there = next[at];
    if (there !== undefined) later(walk, within(path, name), type, there[1]);
  }
}

/** Alternatives are numbered in order, so new ones come at the end; who reads old values only does not meet them. */
function compareVariants(walk: Walk, path: string, before: Members, after: Members): void {
  const old = Object.entries(before);
  const next = Object.entries(after);
  for (const [at, [name, type]] of old.entries()) {
    const there = next[at];
    const place = within(path, name);
    if (there === undefined) {
      add(walk, place, "alternative-removed", `alternative ${shown(name)} is gone`);
    } else if (there[0] !== name) {
      add(
        walk,
        place,
        "alternative-renamed",
        `where ${shown(name)} was, there is ${shown(there[0])}`,
      );
    } else {
      later(walk, place, type, there[1]);
    }
  }
  for (const [name] of next.slice(old.length)) {
    const place = within(path, name);
    const text = `alternative ${shown(name)} is new`;
    if (walk.subject.role === "params") addSafe(walk, place, "alternative-added", text);
    else addAs(walk, "breaks-clients", { path: place, code: "alternative-added", text });
  }
}

function later(walk: Walk, path: string, before: AnyType, after: AnyType): void {
  walk.pending.push({ path, before, after });
}

/** Paths are for people: very long ones stop where they are. */
function within(path: string, name: string): string {
  const longer = name === "[]" ? `${path}[]` : `${path}.${name}`;
  return longer.length > pathCharsMax ? path : longer;
}

const pathCharsMax = 300;

function isSameScalar(before: Named["type"], after: Named["type"]): boolean {
  if ("Int" in before && "Int" in after) {
    return before.Int.bits === after.Int.bits && before.Int.isSigned === after.Int.isSigned;
  }
  if ("Float" in before && "Float" in after) {
    const { exp, mantissa } = before.Float;
    return exp === after.Float.exp && mantissa === after.Float.mantissa;
  }
  return false;
}

/** Follows names, not representations: those are part of what a type means. */
function withoutNames(types: SchemaTypes, type: AnyType): Named | undefined {
  let current = type;
  let name: string | undefined;
  for (let steps = 0; steps < namesMax; steps++) {
    if (typeof current !== "string") return { type: current, name };
    name = current;
    const named = Object.hasOwn(types, current) ? types[current] : undefined;
    if (named === undefined) return undefined;
    current = named;
  }
  return undefined;
}

/** Names of names: what is longer is no sensible schema. */
const namesMax = 256;

function positions(types: readonly AnyType[]): Members {
  return Object.fromEntries(types.map((type, at) => [`#${at}`, type]));
}

function shown(name: string): string {
  return name.slice(0, 80);
}

function describe(type: Named["type"]): string {
  if ("Int" in type) return `${type.Int.isSigned ? "i" : "u"}${type.Int.bits}`;
  if ("Float" in type) return `a float of ${type.Float.exp + type.Float.mantissa} bits`;
  if ("Custom" in type) return `"${type.Custom.id.slice(0, 40)}"`;
  return Object.keys(type)[0]?.toLowerCase() ?? "a type";
}

function add(walk: Walk, path: string, code: FindingCode, text: string): void {
  const isRows = walk.subject.role === "rows";
  addAs(walk, isRows ? "forbidden" : "breaks-clients", { path, code, text });
}

function addSafe(walk: Walk, path: string, code: FindingCode, text: string): void {
  addAs(walk, "safe", { path, code, text });
}

type Told = { readonly path: string; readonly code: FindingCode; readonly text: string };

function addAs(walk: Walk, severity: Finding["class"], { path, code, text }: Told): void {
  const { table } = walk.subject;
  const message = `${path}: ${text}${adviceOn(severity)}`;
  walk.findings.push({
    class: severity,
    code,
    path,
    message,
    ...(table === undefined ? {} : { table }),
  });
}

function adviceOn(severity: Finding["class"]): string {
  switch (severity) {
    case "safe":
      return "";
    case "breaks-clients":
      return "; clients that were made for the old version may not understand it";
    case "forbidden":
      return "; stored rows would be misread: declare a migration, or a new table at the end";
  }
}
