import {
  Kind,
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type SelectionSetNode,
} from "graphql";

import { graphqlError } from "./errors.ts";
import {
  introspectionCostMax,
  queryAliasesMax,
  queryDepthMax,
  querySelectionsMax,
} from "./limits.ts";

export type Fragments = ReadonlyMap<string, FragmentDefinitionNode>;

type Walk = {
  readonly fragments: Fragments;
  /** Fragments that are being spread out. */
  readonly within: Set<string>;
  fields: number;
  aliases: number;
  introspected: number;
};

export function fragmentsOf(document: DocumentNode): Fragments {
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const definition of document.definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION)
      fragments.set(definition.name.value, definition);
  }
  return fragments;
}

/**
 * Refuses what is too much by its shape alone. It comes before validation, whose rules take more than linear time, and it
 * needs no schema. Throws GraphQLError.
 */
export function checkShape(document: DocumentNode, fieldCount: number): void {
  const fragments = fragmentsOf(document);
  for (const definition of document.definitions) {
    const isOperation = definition.kind === Kind.OPERATION_DEFINITION;
    if (!isOperation && definition.kind !== Kind.FRAGMENT_DEFINITION) continue;
    const walk: Walk = { fragments, within: new Set(), fields: 0, aliases: 0, introspected: 0 };
    visit(walk, definition.selectionSet, { depth: 1, introspects: false });
    if (walk.introspected * fieldCount > introspectionCostMax) {
      throw graphqlError("introspection-too-broad", "ask for less of the schema at once");
    }
  }
}

type Where = { readonly depth: number; readonly introspects: boolean };

function visit(walk: Walk, { selections }: SelectionSetNode, where: Where): void {
  for (const selection of selections) {
    if (selection.kind === Kind.FIELD) {
      countField(walk, selection.alias !== undefined);
      const introspects = where.introspects || isIntrospection(selection.name.value);
      if (introspects) walk.introspected++;
      if (!introspects && where.depth > queryDepthMax) {
        throw graphqlError("query-too-deep", `fields may nest ${queryDepthMax} deep`);
      }
      if (selection.selectionSet === undefined) continue;
      visit(walk, selection.selectionSet, { depth: where.depth + 1, introspects });
    } else if (selection.kind === Kind.INLINE_FRAGMENT) {
      countField(walk, false);
      visit(walk, selection.selectionSet, where);
    } else {
      spread(walk, selection.name.value, where);
    }
  }
}

/** Unknown fragments are left to validation. */
function spread(walk: Walk, name: string, where: Where): void {
  countField(walk, false);
  const fragment = walk.fragments.get(name);
  if (fragment === undefined) return;
  if (walk.within.has(name)) {
    throw graphqlError("fragment-cycle", `the fragment ${name} contains itself`);
  }
  walk.within.add(name);
  visit(walk, fragment.selectionSet, where);
  walk.within.delete(name);
}

/** Spreads count as well: fragments of fragments would grow without a single field. */
function countField(walk: Walk, isAliased: boolean): void {
  if (++walk.fields > querySelectionsMax) {
    throw graphqlError(
      "too-many-fields",
      `a query may have ${querySelectionsMax} fields with its fragments spread out`,
    );
  }
  if (isAliased && ++walk.aliases > queryAliasesMax) {
    throw graphqlError("too-many-aliases", `a query may rename ${queryAliasesMax} fields`);
  }
}

function isIntrospection(name: string): boolean {
  return name === "__schema" || name === "__type";
}

/** The fields of one level, with fragments spread out. For documents that `checkShape` let through. */
export function* fieldsOf(
  fragments: Fragments,
  { selections }: SelectionSetNode,
): Generator<FieldNode> {
  for (const selection of selections) {
    if (selection.kind === Kind.FIELD) {
      yield selection;
    } else if (selection.kind === Kind.INLINE_FRAGMENT) {
      yield* fieldsOf(fragments, selection.selectionSet);
    } else {
      const fragment = fragments.get(selection.name.value);
      if (fragment !== undefined) yield* fieldsOf(fragments, fragment.selectionSet);
    }
  }
}
