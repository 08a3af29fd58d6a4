import type { RowRange } from "@kith/chain/ports";
import {
  GraphQLNonNull,
  type GraphQLFieldConfig,
  type GraphQLFieldConfigArgumentMap,
  type GraphQLNullableOutputType,
  type GraphQLOutputType,
} from "graphql";

import { connectionType, pageArgumentNames, pageArguments } from "./connection-type.ts";
import {
  isEmptySpan,
  pageOf,
  parsePageArguments,
  type KeySpan,
  type Positioned,
} from "./connection.ts";
import { NameScope, typeNameOf } from "./field-names.ts";
import { concatKeys, keyBehind } from "./key-parts.ts";
import { encoded, inputTypeOf, spanArguments } from "./key-span.ts";
import { portionRowsMax } from "./limits.ts";
import { bare, type OutputTypes } from "./output-types.ts";
import type { RunContext } from "./run-context.ts";
import type { IndexModel, TableModel } from "./table-model.ts";

type QueryField = GraphQLFieldConfig<unknown, RunContext>;

/** Adds the fields of one table to the query type; `scope` has the names that are taken. */
export type FieldSink = {
  readonly scope: NameScope;
  readonly fields: Record<string, QueryField>;
  /** Fields whose pages count for the cost of a query. */
  readonly connections: Set<string>;
};

/**
 * `<table>` finds one row, `<table>s` pages over all, `<table>By<Fields>` in the order of an index. A table whose name
 * ends in "s" already pages under its own name, and finds one row under `<table>ByKey`.
 */
export function addTableFields(
  types: OutputTypes,
  table: TableModel,
  { sink, description }: { readonly sink: FieldSink; readonly description: string | undefined },
): void {
  const node = bare(types.of(table.rowType, table.rowType));
  const type = connectionType(types, table.name, node);
  const isPlural = table.name.endsWith("s");
  const plural = isPlural ? table.name : `${table.name}s`;
  const [primary] = table.indexes;
  if (primary !== undefined) {
    const lookup = isPlural ? `${table.name}ByKey` : table.name;
    sink.fields[sink.scope.take(lookup)] = lookupField(types, {
      table,
      primary,
      node,
      description,
    });
  }
  for (const [at, index] of table.indexes.entries()) {
    const by = index.fields.map(({ name }) => typeNameOf(name)).join("");
    const name = sink.scope.take(at === 0 ? plural : `${plural}By${by}`);
    sink.fields[name] = connectionField(types, { table, index, type, description });
    sink.connections.add(name);
  }
}

type Lookup = {
  readonly table: TableModel;
  readonly primary: IndexModel;
  readonly node: GraphQLNullableOutputType;
  readonly description: string | undefined;
};

function lookupField(
  types: OutputTypes,
  { table, primary, node, description }: Lookup,
): QueryField {
  const scope = new NameScope();
  const named = primary.fields.map((field) => ({ field, argument: scope.take(field.name) }));
  const args: GraphQLFieldConfigArgumentMap = {};
  for (const { field, argument } of named) {
    args[argument] = { type: new GraphQLNonNull(inputTypeOf(types, field)) };
  }
  return {
    type: node,
    args,
    description: `One row by its key. ${description ?? ""}`.trim(),
    resolve: (_source, given: Readonly<Record<string, unknown>>, context) => {
      const key = concatKeys(named.map(({ field, argument }) => encoded(field, given[argument])));
      const row = readRow(context, primary.space, key);
      return row === undefined ? null : table.rowJson(row);
    },
  };
}

type Connected = {
  readonly table: TableModel;
  readonly index: IndexModel;
  readonly type: GraphQLOutputType;
  readonly description: string | undefined;
};

function connectionField(
  types: OutputTypes,
  { table, index, type, description }: Connected,
): QueryField {
  const span = spanArguments(types, index, pageArgumentNames);
  const order = index.fields.map(({ name }) => name).join(", ");
  return {
    type,
    args: { ...pageArguments, ...span.config },
    description: `Rows in the order of ${order}. ${description ?? ""}`.trim(),
    resolve: (_source, given: Readonly<Record<string, unknown>>, context) =>
      pageOf(
        {
          space: index.space,
          span: span.spanOf(given),
          read: (within, reverse, limit) =>
            readRows(context, { table, index }, { span: within, reverse, limit }),
        },
        parsePageArguments(given, index.space),
      ),
  };
}

type Stretch = { readonly span: KeySpan; readonly reverse: boolean; readonly limit: number };

/** Reads portion by portion, so that the budget ends it before large rows fill the memory. */
function readRows(
  context: RunContext,
  { table, index }: { readonly table: TableModel; readonly index: IndexModel },
  { span, reverse, limit }: Stretch,
): readonly Positioned<unknown>[] {
  const found: Positioned<unknown>[] = [];
  let rest = span;
  while (found.length < limit && !isEmptySpan(rest)) {
    const portion = Math.min(portionRowsMax, limit - found.length);
    const range = rangeOf(context, index.space, { span: rest, reverse, limit: portion });
    const rows = context.view.rows.rangeRows(range);
    for (const { key, row } of rows) {
      found.push({ key, item: table.rowJson(wholeRow(context, table, { index, row })) });
    }
    const last = rows.at(-1)?.key;
    if (rows.length < portion || last === undefined) break;
    rest = reverse ? { from: rest.from, to: last } : { from: keyBehind(last), to: rest.to };
  }
  return found;
}

/** Entries of an index hold the primary key of their row. */
function wholeRow(
  context: RunContext,
  table: TableModel,
  { index, row }: { readonly index: IndexModel; readonly row: Uint8Array },
): Uint8Array {
  const [primary] = table.indexes;
  if (primary === undefined || index === primary) {
    context.budget.spend(row.length);
    return row;
  }
  const whole = readRow(context, primary.space, row);
  if (whole === undefined) throw new Error(`an index of ${table.name} names no row`);
  return whole;
}

function readRow(context: RunContext, space: number, key: Uint8Array): Uint8Array | undefined {
  const { view, budget } = context;
  const row = view.rows.getRow({ service: view.service, space, key });
  budget.spend(row?.length ?? 0);
  return row;
}

function rangeOf(context: RunContext, space: number, stretch: Stretch): RowRange {
  const { span, reverse, limit } = stretch;
  return {
    service: context.view.service,
    space,
    ...(span.from === undefined ? {} : { from: span.from }),
    ...(span.to === undefined ? {} : { to: span.to }),
    reverse,
    limit,
  };
}
