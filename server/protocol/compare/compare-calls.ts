import { migrateRowsName } from "../row-migration.ts";
import type { AnyType } from "../schema-types.ts";
import type { EventDeclaration } from "../service-abi.ts";
import { ownValue, type ActionType, type Docs, type ServiceSchema } from "../service-schema.ts";
import { compareTypes, type Comparison } from "./compare-types.ts";
import type { Finding } from "./finding.ts";

/** Actions, queries, events and documentation: what clients know of a service. */
export function compareCalls(
  comparison: Comparison,
  before: ServiceSchema,
  after: ServiceSchema,
): readonly Finding[] {
  return [
    ...compareMethods(comparison, "action", before.actions, after.actions),
    ...compareMethods(comparison, "query", before.queries, after.queries),
    ...compareEvents(comparison, "history", before.history, after.history),
    ...compareEvents(comparison, "merkle", before.merkle, after.merkle),
    ...compareDocs(before, after),
  ];
}

type Methods = ServiceSchema["actions"];
const places = { action: "actions", query: "queries" } as const;
type Kind = keyof typeof places;
type Events = { readonly [name: string]: AnyType };

/** The action that runs migrations comes and goes with them: it is the node's, not the clients'. */
function compareMethods(
  comparison: Comparison,
  kind: Kind,
  before: Methods,
  after: Methods,
): Finding[] {
  const findings: Finding[] = [];
  for (const [name, old] of Object.entries(before)) {
    if (isOfNode(kind, name)) continue;
    const next = ownValue(after, name);
    const path = `${places[kind]}.${name}`;
    if (next === undefined) {
      findings.push(told("breaks-clients", `${kind}-removed`, path, `the ${kind} is gone`));
      continue;
    }
    const params = { path: `${path}.params`, role: "params" } as const;
    findings.push(...compareTypes(comparison, params, old.params, next.params));
    findings.push(...compareResults(comparison, { kind, path: `${path}.result` }, old, next));
  }
  for (const name of Object.keys(after)) {
    if (Object.hasOwn(before, name) || isOfNode(kind, name)) continue;
    const path = `${places[kind]}.${name}`;
    findings.push(told("safe", `${kind}-added`, path, `the ${kind} is new`));
  }
  return findings;
}

function isOfNode(kind: Kind, name: string): boolean {
  return kind === "action" && name === migrateRowsName;
}

function compareResults(
  comparison: Comparison,
  { kind, path }: { readonly kind: Kind; readonly path: string },
  old: ActionType,
  next: ActionType,
): readonly Finding[] {
  if (old.result === undefined) {
    // Who expects nothing does not look at what comes.
    if (next.result === undefined) return [];
    return [told("safe", "result-added", path, `the ${kind} gives something now`)];
  }
  if (next.result === undefined) {
    return [told("breaks-clients", "result-removed", path, `the ${kind} gives nothing any more`)];
  }
  return compareTypes(comparison, { path, role: "results" }, old.result, next.result);
}

function compareEvents(
  comparison: Comparison,
  kind: "history" | "merkle",
  before: Events,
  after: Events,
): Finding[] {
  const findings: Finding[] = [];
  for (const [name, old] of Object.entries(before)) {
    const next = ownValue(after, name);
    const path = `events.${kind}.${name}`;
    if (next === undefined) {
      findings.push(told("breaks-clients", "event-removed", path, "the event is gone"));
    } else {
      findings.push(...compareTypes(comparison, { path, role: "results" }, old, next));
    }
  }
  for (const name of Object.keys(after)) {
    if (Object.hasOwn(before, name)) continue;
    findings.push(told("safe", "event-added", `events.${kind}.${name}`, "the event is new"));
  }
  return findings;
}

/** Events that happened before an index was declared stay out of it. */
export function compareEventIndexes(
  before: readonly EventDeclaration[],
  after: readonly EventDeclaration[],
): readonly Finding[] {
  const findings: Finding[] = [];
  for (const { name, kind, indexes } of before) {
    const next = after.find((event) => event.name === name && event.kind === kind);
    if (next === undefined) continue;
    const path = `events.${kind}.${name}`;
    for (const field of indexes.filter((each) => !next.indexes.includes(each))) {
      const text = `the event cannot be found by ${field} any more`;
      findings.push(told("breaks-clients", "event-index-removed", path, text));
    }
    for (const field of next.indexes.filter((each) => !indexes.includes(each))) {
      const text = `the event can be found by ${field} from now on`;
      findings.push(told("safe", "event-index-added", path, text));
    }
  }
  return findings;
}

function compareDocs(before: ServiceSchema, after: ServiceSchema): readonly Finding[] {
  if (textOf(before.docs) === textOf(after.docs)) return [];
  return [told("safe", "documentation-changed", "docs", "the documentation reads differently")];
}

function told(
  severity: Finding["class"],
  code: Finding["code"],
  path: string,
  text: string,
): Finding {
  return { class: severity, code, path, message: `${path}: ${text}` };
}

function textOf({ service, actions, queries, tables, events }: Docs): string {
  return JSON.stringify([service, actions, queries, tables, events]);
}
