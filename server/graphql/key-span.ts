import { keyAfterPrefix } from "@kith/protocol/key";
import { isScalarType, type GraphQLFieldConfigArgumentMap, type GraphQLScalarType } from "graphql";

import type { KeySpan } from "./connection.ts";
import { graphqlError } from "./errors.ts";
import { NameScope } from "./field-names.ts";
import { concatKeys } from "./key-parts.ts";
import { bare, type OutputTypes } from "./output-types.ts";
import type { IndexModel, KeyField } from "./table-model.ts";

/** The arguments that cut a range out of an index: for each field of its key a value, and an interval. */
export type SpanArguments = {
  readonly config: GraphQLFieldConfigArgumentMap;
  spanOf(given: Readonly<Record<string, unknown>>): KeySpan;
};

type FieldArguments = {
  readonly field: KeyField;
  readonly equal: string;
  readonly from: string;
  readonly to: string;
};

/** `taken` are the names of other arguments beside these. */
export function spanArguments(
  types: OutputTypes,
  index: IndexModel,
  taken: readonly string[],
): SpanArguments {
  const scope = new NameScope(taken);
  const fields = index.fields.map((field) => ({
    field,
    equal: scope.take(field.name),
    from: scope.take(`${field.name}From`),
    to: scope.take(`${field.name}To`),
  }));
  const config: GraphQLFieldConfigArgumentMap = {};
  for (const { field, equal, from, to } of fields) {
    const type = inputTypeOf(types, field);
    config[equal] = { type, description: `Rows whose ${field.name} is this.` };
    config[from] = { type, description: `Rows whose ${field.name} is this or behind it.` };
    config[to] = { type, description: `Rows whose ${field.name} is ahead of this.` };
  }
  return { config, spanOf: (given) => spanOf(fields, given) };
}

/** Fields of keys are scalars, which are input as they are output. */
export function inputTypeOf(types: OutputTypes, { name, type }: KeyField): GraphQLScalarType {
  const inner = bare(types.of(type, name));
  if (!isScalarType(inner)) throw new TypeError(`${name} is part of a key and no scalar`);
  return inner;
}

/** Equal values for the first fields, then an interval of the next one, as an index can give them. */
function spanOf(
  fields: readonly FieldArguments[],
  given: Readonly<Record<string, unknown>>,
): KeySpan {
  const has = (name: string): boolean => given[name] !== undefined && given[name] !== null;
  const parts: Uint8Array[] = [];
  let next = 0;
  for (const { field, equal } of fields) {
    if (!has(equal)) break;
    parts.push(encoded(field, given[equal]));
    next++;
  }
  const prefix = concatKeys(parts);
  const open = fields[next];
  for (const [at, { equal, from, to }] of fields.entries()) {
    const wrong = at === next ? undefined : [from, to].find(has);
    const late = at > next && has(equal) ? equal : wrong;
    if (late !== undefined) throw notAPrefix(late, open);
  }
  if (open === undefined) return { from: prefix, to: keyAfterPrefix(prefix) };
  const { field, from, to } = open;
  return {
    from: has(from) ? concatKeys([prefix, encoded(field, given[from])]) : prefix,
    to: has(to) ? concatKeys([prefix, encoded(field, given[to])]) : keyAfterPrefix(prefix),
  };
}

export function encoded(field: KeyField, value: unknown): Uint8Array {
  const part = field.encode(value);
  if (part !== undefined) return part;
  throw graphqlError("value-invalid", `this is no value of ${field.name}`);
}

function notAPrefix(argument: string, open: FieldArguments | undefined): Error {
  const hint =
    open === undefined
      ? "all fields of the key have their values already"
      : `give ${open.equal} a value first`;
  return graphqlError("range-invalid", `${argument} cannot be used here: ${hint}`);
}
