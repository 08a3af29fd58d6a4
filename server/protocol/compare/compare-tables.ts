import type { EventDeclaration, TableDefinition } from "../service-abi.ts";
import { ownValue, type ServiceSchema } from "../service-schema.ts";
import { compareTypes, type Comparison } from "./compare-types.ts";
import type { Finding } from "./finding.ts";

/** One version of a service, read. */
export type Version = {
  readonly tables: readonly TableDefinition[];
  readonly events: readonly EventDeclaration[];
  readonly schema: ServiceSchema;
};

/**
 * What the node has to do with stored rows when the new version comes into force. `indexes` are those that are new, or
 * are over other fields: whatever is in their place goes before anything else happens.
 */
export type TableWork =
  /** Every row goes through migration `migration` of the new version, and gets new index entries. */
  | {
      readonly kind: "convert";
      readonly table: number;
      readonly name: string;
      readonly migration: number;
      readonly indexes: readonly number[];
    }
  /** Rows stay; the entries of `indexes` are made of them. */
  | {
      readonly kind: "index";
      readonly table: number;
      readonly name: string;
      readonly indexes: readonly number[];
    };

export type TableChanges = {
  readonly findings: readonly Finding[];
  readonly work: readonly TableWork[];
};

/** A table is its number: each keeps its place for as long as it has rows. */
export function compareTables(
  comparison: Comparison,
  before: Version,
  after: Version,
  emptyTables: ReadonlySet<string>,
): TableChanges {
  const findings: Finding[] = [];
  const work: TableWork[] = [];
  for (const [number, old] of before.tables.entries()) {
    const next = after.tables[number];
    if (emptyTables.has(old.name)) {
      findings.push(...compareEmpty(comparison, { old, next, before, after }));
    } else if (next?.name !== old.name) {
      findings.push(tableGone(old.name, after.tables));
    } else {
      const changes = compareFilled(comparison, { old, next, number, before, after });
      findings.push(...changes.findings);
      work.push(...changes.work);
    }
  }
  for (const { name } of after.tables.slice(before.tables.length)) {
    findings.push(finding("safe", "table-added", name, "the table is new"));
  }
  return { findings, work: [...work, ...indexWork(before.tables, after.tables, work)] };
}

/** Also of tables without rows: where an index is new, one that went a moment ago may have left its entries. */
function indexWork(
  before: readonly TableDefinition[],
  after: readonly TableDefinition[],
  conversions: readonly TableWork[],
): readonly TableWork[] {
  return after.flatMap((next, table): readonly TableWork[] => {
    if (conversions.some((each) => each.table === table)) return [];
    const indexes = newIndexes(before[table], next);
    return indexes.length === 0 ? [] : [{ kind: "index", table, name: next.name, indexes }];
  });
}

function newIndexes(old: TableDefinition | undefined, next: TableDefinition): readonly number[] {
  const numbers = [...next.indexes.keys()].slice(1);
  return numbers.filter((at) => !sameFields(old?.indexes[at], next.indexes[at]));
}

type Pair = {
  readonly old: TableDefinition;
  readonly next: TableDefinition;
  readonly number: number;
  readonly before: Version;
  readonly after: Version;
};

function compareFilled(comparison: Comparison, pair: Pair): TableChanges {
  const { old, next, number } = pair;
  const rows = [...compareRows(comparison, pair), ...compareKeys(old, next)];
  const indexes = compareIndexes(old, next);
  const access = compareAccess(old, next);
  if (rows.some((found) => found.class === "forbidden")) {
    const migration = findMigration(comparison, pair);
    if (migration === undefined) return { findings: [...rows, ...indexes, ...access], work: [] };
    const text = "rows are converted by the service's migration; clients see another row type";
    return {
      findings: [
        finding("breaks-clients", "table-migrated", old.name, text),
        ...indexes,
        ...access,
      ],
      work: [
        {
          kind: "convert",
          table: number,
          name: old.name,
          migration,
          indexes: newIndexes(old, next),
        },
      ],
    };
  }
  return { findings: [...rows, ...indexes, ...access], work: [] };
}

function compareRows(comparison: Comparison, { old, next }: Pair): readonly Finding[] {
  const subject = { path: `tables.${old.name}`, role: "rows", table: old.name } as const;
  return compareTypes(comparison, subject, old.rowType, next.rowType);
}

function compareKeys(old: TableDefinition, next: TableDefinition): readonly Finding[] {
  if (sameFields(old.indexes[0], next.indexes[0])) return [];
  const text = `the primary key (${fieldsOf(old.indexes[0])}) became (${fieldsOf(next.indexes[0])}); stored rows would not be found: declare a migration, or a new table at the end`;
  return [finding("forbidden", "key-changed", old.name, text)];
}

/** Entries follow from the rows, so indexes may change freely as long as the node makes the entries again. */
function compareIndexes(old: TableDefinition, next: TableDefinition): readonly Finding[] {
  const findings: Finding[] = [];
  const count = Math.max(old.indexes.length, next.indexes.length);
  for (let index = 1; index < count; index++) {
    const was = old.indexes[index];
    const is = next.indexes[index];
    if (sameFields(was, is)) continue;
    if (was === undefined) {
      const text = `an index over ${fieldsOf(is)} is new`;
      findings.push(finding("safe", "index-added", old.name, text));
    } else if (is === undefined) {
      const text = `the index over ${fieldsOf(was)} is gone`;
      findings.push(finding("breaks-clients", "index-removed", old.name, text));
    } else {
      const text = `the index over ${fieldsOf(was)} became one over ${fieldsOf(is)}`;
      findings.push(finding("breaks-clients", "index-changed", old.name, text));
    }
  }
  return findings;
}

function compareAccess(old: TableDefinition, next: TableDefinition): readonly Finding[] {
  const was = old.private === true;
  const is = next.private === true;
  if (was === is) return [];
  const text = is ? "clients cannot read the table any more" : "clients can read the table now";
  return is
    ? [finding("breaks-clients", "table-hidden", old.name, text)]
    : [finding("safe", "table-shown", old.name, text)];
}

/** The migration of the new version that takes exactly the rows that are stored. */
function findMigration(comparison: Comparison, { old, before, after }: Pair): number | undefined {
  const rowType = ownValue(before.schema.types, old.rowType);
  if (rowType === undefined) return undefined;
  const at = after.schema.migrations.findIndex(({ table, from }) => {
    if (table !== old.name) return false;
    const subject = { path: table, role: "rows" } as const;
    return compareTypes(comparison, subject, rowType, from).length === 0;
  });
  return at === -1 ? undefined : at;
}

type EmptyPair = Omit<Pair, "next" | "number"> & { readonly next: TableDefinition | undefined };

/** Nothing is stored, so nothing can be misread: only clients may mind. */
function compareEmpty(
  comparison: Comparison,
  { old, next, before, after }: EmptyPair,
): readonly Finding[] {
  if (next?.name === old.name) {
    const pair = { old, next, number: 0, before, after };
    const rows = [...compareRows(comparison, pair), ...compareKeys(old, next)];
    const found = [...rows, ...compareIndexes(old, next), ...compareAccess(old, next)];
    if (found.every((each) => each.class === "safe")) return found;
  }
  return [
    finding(
      "breaks-clients",
      "empty-table-changed",
      old.name,
      "the table is another one now; it has no rows",
    ),
  ];
}

function tableGone(name: string, tables: readonly TableDefinition[]): Finding {
  const elsewhere = tables.some((table) => table.name === name);
  const text = elsewhere
    ? "the table has another number; tables keep their order, new ones come at the end"
    : "the table is gone while it has rows; keep it where it was, or remove its rows first";
  return finding("forbidden", elsewhere ? "table-moved" : "table-removed", name, text);
}

function finding(
  severity: Finding["class"],
  code: Finding["code"],
  table: string,
  text: string,
): Finding {
  const path = `tables.${table}`;
  return { class: severity, code, path, message: `${path}: ${text}`, table };
}

function sameFields(a: readonly string[] | undefined, b: readonly string[] | undefined): boolean {
  return a?.length === b?.length && (a ?? []).every((name, at) => b?.[at] === name);
}

function fieldsOf(names: readonly string[] | undefined): string {
  return (names ?? []).join(", ");
}
