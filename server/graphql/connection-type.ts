import {
  GraphQLBoolean,
  GraphQLInt,
  GraphQLList,
  GraphQLNonNull,
  GraphQLObjectType,
  GraphQLString,
  type GraphQLFieldConfigArgumentMap,
  type GraphQLNullableOutputType,
  type GraphQLOutputType,
} from "graphql";

import { pageRowsDefault, pageRowsMax } from "./limits.ts";
import type { OutputTypes } from "./output-types.ts";
import type { RunContext } from "./run-context.ts";

/** What each connection takes (GraphQL Cursor Connections Specification, section 4). */
export const pageArguments: GraphQLFieldConfigArgumentMap = {
  first: {
    type: GraphQLInt,
    description: `Items from the start, at most ${pageRowsMax}; ${pageRowsDefault} when neither this nor \`last\` is given.`,
  },
  last: { type: GraphQLInt, description: `Items from the end, at most ${pageRowsMax}.` },
  after: { type: GraphQLString, description: "Only items behind this cursor." },
  before: { type: GraphQLString, description: "Only items ahead of this cursor." },
  reverse: { type: GraphQLBoolean, description: "Turns the order of the connection around." },
};

export const pageArgumentNames: readonly string[] = Object.keys(pageArguments);

/** Names that the types of every schema have, beside the scalars. */
export const ownTypeNames: readonly string[] = [
  "Query",
  "Mutation",
  "Subscription",
  "Block",
  "PageInfo",
  "Int",
  "Float",
  "String",
  "Boolean",
  "ID",
];

const pageInfoType: GraphQLObjectType<unknown, RunContext> = new GraphQLObjectType({
  name: "PageInfo",
  description: "Where a page is among all items of its connection.",
  fields: {
    hasNextPage: { type: new GraphQLNonNull(GraphQLBoolean) },
    hasPreviousPage: { type: new GraphQLNonNull(GraphQLBoolean) },
    startCursor: { type: GraphQLString },
    endCursor: { type: GraphQLString },
  },
});

type Edge = { readonly cursor: string; readonly node: unknown };
type Connection = { readonly edges: readonly Edge[] };

/** `<Name>Connection` with its `<Name>Edge`s around nodes of a type. Fields without `resolve` are members of `Page`. */
export function connectionType(
  types: OutputTypes,
  name: string,
  node: GraphQLNullableOutputType,
): GraphQLOutputType {
  const nodeType = new GraphQLNonNull(node);
  const edge = types.object(`${name}Edge`, () => ({
    cursor: {
      type: new GraphQLNonNull(GraphQLString),
      resolve: (source, _arguments, { budget }) =>
        isEdge(source) ? budget.count(source.cursor) : undefined,
    },
    node: { type: nodeType },
  }));
  const connection = types.object(`${name}Connection`, () => ({
    edges: { type: new GraphQLNonNull(new GraphQLList(new GraphQLNonNull(edge))) },
    nodes: {
      type: new GraphQLNonNull(new GraphQLList(nodeType)),
      description: "The nodes of the edges, for those who need no cursors but the page's.",
      resolve: (source) =>
        isConnection(source) ? source.edges.map((each) => each.node) : undefined,
    },
    pageInfo: { type: new GraphQLNonNull(pageInfoType) },
  }));
  return new GraphQLNonNull(connection);
}

function isConnection(source: unknown): source is Connection {
  return typeof source === "object" && source !== null && "edges" in source;
}

function isEdge(source: unknown): source is Edge {
  return typeof source === "object" && source !== null && "cursor" in source;
}
