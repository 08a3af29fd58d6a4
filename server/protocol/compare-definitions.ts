import { compareCalls, compareEventIndexes } from "./compare/compare-calls.ts";
import { compareTables, type TableWork, type Version } from "./compare/compare-tables.ts";
import { isTooLarge, startComparison } from "./compare/compare-types.ts";
import { worse, type ChangeClass, type Finding } from "./compare/finding.ts";
import { schemaComparisonsMax, schemaFindingsMax } from "./limits.ts";
import type { ServiceDefinition } from "./service-abi.ts";
import { parseServiceSchema } from "./service-schema.ts";

export type DefinitionChange = {
  /** The worst class of all differences. */
  readonly class: ChangeClass;
  /** At most `schemaFindingsMax`, the worst of them first. */
  readonly findings: readonly Finding[];
  /** What the node has to do with stored rows, in this order; empty when the change is forbidden. */
  readonly work: readonly TableWork[];
};

const nothingEmpty: ReadonlySet<string> = new Set();

/**
 * What it means to replace one version of a service with another. `emptyTables` names tables of the old version
 * without rows: those may change freely. Definitions come from services, so neither is trusted: a definition that
 * cannot be read makes the change forbidden. The work is bounded by `schemaComparisonsMax`.
 */
export function compareDefinitions(
  before: ServiceDefinition,
  after: ServiceDefinition,
  emptyTables: ReadonlySet<string> = nothingEmpty,
): DefinitionChange {
  const old = versionOf(before);
  const next = versionOf(after);
  if ("code" in old) return refused(old);
  if ("code" in next) return refused(next);
  const comparison = startComparison(old.schema.types, next.schema.types);
  const tables = compareTables(comparison, old, next, emptyTables);
  const found = [
    ...tables.findings,
    ...compareCalls(comparison, old.schema, next.schema),
    ...compareEventIndexes(old.events, next.events),
  ];
  if (isTooLarge(comparison)) return refused(tooLarge);
  const changeClass = found.reduce<ChangeClass>((sum, each) => worse(sum, each.class), "same");
  const findings = [
    ...found.filter((each) => each.class === "forbidden"),
    ...found.filter((each) => each.class === "breaks-clients"),
    ...found.filter((each) => each.class === "safe"),
  ].slice(0, schemaFindingsMax);
  return { class: changeClass, findings, work: changeClass === "forbidden" ? [] : tables.work };
}

function versionOf({ name, tables, events = [], schema }: ServiceDefinition): Version | Finding {
  const parsed = parseServiceSchema(schema);
  if (!parsed.ok) return malformed(name, JSON.stringify(parsed.error));
  // A table is found by its name here, and whether it has rows as well.
  const names = new Set(tables.map((table) => table.name));
  if (names.size < tables.length) return malformed(name, "two tables of one name");
  return { tables, events, schema: parsed.value };
}

function malformed(name: string, why: string): Finding {
  const message = `the definition of ${name} cannot be read: ${why}`;
  return { class: "forbidden", code: "definition-malformed", path: "$", message };
}

const tooLarge: Finding = {
  class: "forbidden",
  code: "comparison-too-large",
  path: "$",
  message: `the two versions have more than ${schemaComparisonsMax} types to compare`,
};

function refused(finding: Finding): DefinitionChange {
  return { class: "forbidden", findings: [finding], work: [] };
}

export type { TableWork } from "./compare/compare-tables.ts";
export type { ChangeClass, Finding, FindingCode } from "./compare/finding.ts";
