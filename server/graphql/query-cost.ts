import {
  Kind,
  type FieldNode,
  type OperationDefinitionNode,
  type SelectionSetNode,
  type ValueNode,
} from "graphql";

import { pageSize } from "./connection.ts";
import { graphqlError } from "./errors.ts";
import { queryCostMax } from "./limits.ts";
import { fieldsOf, type Fragments } from "./query-limits.ts";

export type CostFacts = {
  readonly fragments: Fragments;
  readonly connections: ReadonlySet<string>;
  /** As the schema has coerced them. */
  readonly variables: Readonly<Record<string, unknown>>;
};

/**
 * One for each field, and for a connection the fields below it once for every item of the page that is asked for.
 * Whatever directives would leave out counts. Throws GraphQLError when it is too much.
 */
export function checkCost(facts: CostFacts, { selectionSet }: OperationDefinitionNode): number {
  let cost = 0;
  for (const field of fieldsOf(facts.fragments, selectionSet)) {
    const items = facts.connections.has(field.name.value) ? itemsOf(facts, field) : 1;
    cost += 1 + Math.max(1, items) * countFields(facts.fragments, field.selectionSet);
  }
  if (cost <= queryCostMax) return cost;
  throw graphqlError(
    "query-too-costly",
    `this query costs ${cost} (fields times rows), allowed are ${queryCostMax}`,
  );
}

function countFields(fragments: Fragments, selectionSet: SelectionSetNode | undefined): number {
  if (selectionSet === undefined) return 0;
  let count = 0;
  for (const field of fieldsOf(fragments, selectionSet)) {
    count += 1 + countFields(fragments, field.selectionSet);
  }
  return count;
}

/** Also refuses sizes that no page has, before anything is read. */
function itemsOf({ variables }: CostFacts, field: FieldNode): number {
  const sizes = (field.arguments ?? [])
    .filter(({ name }) => name.value === "first" || name.value === "last")
    .map(({ value }) => pageSize(valueOf(value, variables)));
  return sizes.length === 0 ? pageSize(undefined) : Math.max(...sizes);
}

function valueOf(value: ValueNode, variables: Readonly<Record<string, unknown>>): unknown {
  if (value.kind === Kind.INT) return Number(value.value);
  if (value.kind !== Kind.VARIABLE) return undefined;
  return Object.hasOwn(variables, value.name.value) ? variables[value.name.value] : undefined;
}
