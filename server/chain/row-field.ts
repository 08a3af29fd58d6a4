import type { ServiceDefinition } from "@kith/protocol/service-abi";

import { variableBytes } from "./row-key.ts";
import { rowLayout } from "./schema-layout.ts";
import { typesOf } from "./service-tables.ts";

/** Takes a byte string out of a packed row; undefined when the row is malformed. */
export type TakeBytes = (row: Uint8Array) => Uint8Array | undefined;

const compiled = new WeakMap<ServiceDefinition, Map<string, TakeBytes | undefined>>();

/** A field of a table that holds a text or bytes of any length; undefined when it is something else. */
export function bytesFieldOf(
  definition: ServiceDefinition,
  table: number,
  field: string,
): TakeBytes | undefined {
  const known = compiled.get(definition) ?? new Map<string, TakeBytes | undefined>();
  compiled.set(definition, known);
  const name = `${table} ${field}`;
  if (!known.has(name)) known.set(name, compile(definition, table, field));
  return known.get(name);
}

function compile(
  { tables, schema }: ServiceDefinition,
  table: number,
  field: string,
): TakeBytes | undefined {
  const declared = tables[table];
  const layout = declared === undefined ? undefined : rowLayout(typesOf(schema), declared.rowType);
  const found = layout?.find(({ name }) => name === field);
  if (found?.kind.kind !== "variable-bytes") return undefined;
  const { at } = found;
  return (row) => variableBytes(row, at);
}
