import { err, ok, type Result } from "@kith/protocol/result";
import type { ServiceDefinition } from "@kith/protocol/service-abi";
import { formatTime } from "@kith/protocol/time-text";
import {
  GraphQLNonNull,
  GraphQLObjectType,
  GraphQLSchema,
  printSchema,
  validateSchema,
} from "graphql";

import { ownTypeNames } from "./connection-type.ts";
import { DocumentCache } from "./document-cache.ts";
import { addEventFields } from "./events.ts";
import { NameScope } from "./field-names.ts";
import { OutputTypes, SchemaUnusable } from "./output-types.ts";
import type { RunContext } from "./run-context.ts";
import { scalar, scalarNames } from "./scalars.ts";
import { addTableFields, type FieldSink } from "./table-fields.ts";
import { serviceModel, type ServiceModel } from "./table-model.ts";

/** What a definition becomes: the schema that queries run against, and what their cost is counted by. */
export type ServiceGraphql = {
  readonly schema: GraphQLSchema;
  readonly sdl: string;
  /** Fields of the query type that give pages. */
  readonly connections: ReadonlySet<string>;
  /** Queries that are known to be valid. */
  readonly documents: DocumentCache;
  /** All fields of the service's own types. */
  readonly fieldCount: number;
};

export type SchemaUnusableError = { readonly code: "schema-unusable"; readonly reason: string };

const compiled = new WeakMap<ServiceDefinition, Result<ServiceGraphql, SchemaUnusableError>>();

/** Made once a definition. */
export function serviceGraphql(
  definition: ServiceDefinition,
): Result<ServiceGraphql, SchemaUnusableError> {
  const known = compiled.get(definition);
  if (known !== undefined) return known;
  const made = compile(definition);
  compiled.set(definition, made);
  return made;
}

function compile(definition: ServiceDefinition): Result<ServiceGraphql, SchemaUnusableError> {
  const model = serviceModel(definition);
  if (!model.ok) return err({ code: "schema-unusable", reason: model.error.code });
  try {
    return ok(schemaOf(model.value));
  } catch (fault) {
    if (!(fault instanceof SchemaUnusable)) throw fault;
    return err({ code: "schema-unusable", reason: fault.message });
  }
}

function schemaOf(model: ServiceModel): ServiceGraphql {
  const types = new OutputTypes(
    model.schema.types,
    new NameScope([...ownTypeNames, ...scalarNames]),
  );
  const sink: FieldSink = {
    scope: new NameScope(["block"]),
    fields: { block: blockField },
    connections: new Set(),
  };
  const { docs } = model.schema;
  for (const table of model.tables) {
    addTableFields(types, table, { sink, description: textOf(docs.tables, table.name) });
  }
  for (const [number, event] of model.events.entries()) {
    const description = textOf(docs.events, event.name);
    addEventFields(types, { event, number }, { sink, description });
  }
  const schema = new GraphQLSchema({
    query: new GraphQLObjectType({ name: "Query", fields: sink.fields }),
    ...(docs.service === undefined ? {} : { description: docs.service }),
  });
  const [problem] = validateSchema(schema);
  if (problem !== undefined) throw new SchemaUnusable(problem.message);
  return {
    schema,
    sdl: printSchema(schema),
    connections: sink.connections,
    documents: new DocumentCache(),
    fieldCount: types.fieldCount,
  };
}

const blockType = new GraphQLObjectType<unknown, RunContext>({
  name: "Block",
  description: "The final block after which the answer holds.",
  fields: {
    num: {
      type: new GraphQLNonNull(scalar("U32")),
      resolve: (_source, _arguments, { view }) => view.blockNum,
    },
    time: {
      type: new GraphQLNonNull(scalar("TimePointUSec")),
      resolve: (_source, _arguments, { view }) => formatTime(BigInt(view.blockTime), 6),
    },
  },
});

const blockField = { type: new GraphQLNonNull(blockType), resolve: () => ({}) };

function textOf(texts: Readonly<Record<string, string>>, name: string): string | undefined {
  return Object.hasOwn(texts, name) ? texts[name] : undefined;
}
