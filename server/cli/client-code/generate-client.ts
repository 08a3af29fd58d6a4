import { err, ok, type Result } from "@kith/protocol/result";
import { migrateRowsName } from "@kith/protocol/row-migration";
import type { AnyType } from "@kith/protocol/schema-types";
import type { ServiceDefinition } from "@kith/protocol/service-abi";
import {
  ownValue,
  parseServiceSchema,
  type ServiceSchema,
  type ServiceSchemaError,
} from "@kith/protocol/service-schema";

import { ClientTypes, UnwritableType, type TypeFault } from "./client-types.ts";
import { Identifiers, propertyName, typeNameOf, valueNameOf } from "./identifiers.ts";
import { commentOf } from "./layout.ts";
import { importsCode, listCode, methodOf, type Member } from "./members.ts";

export type ClientCodeError = ServiceSchemaError | TypeFault;

/**
 * TypeScript for clients of a service: types of all arguments, results, rows and events, its interface for
 * `packAction` and `context.call`, and a class for browsers. The same definition gives the same text.
 */
export function generateClient(definition: ServiceDefinition): Result<string, ClientCodeError> {
  const schema = parseServiceSchema(definition.schema);
  if (!schema.ok) return schema;
  try {
    return ok(new ClientCode(definition, schema.value).text());
  } catch (thrown) {
    if (thrown instanceof UnwritableType) return err(thrown.fault);
    throw thrown;
  }
}

class ClientCode {
  private readonly definition: ServiceDefinition;
  private readonly schema: ServiceSchema;
  private readonly names: Identifiers;
  private readonly types: ClientTypes;
  /** `Tokens`, with which all names about the service begin. */
  private readonly service: string;

  constructor(definition: ServiceDefinition, schema: ServiceSchema) {
    this.definition = definition;
    this.schema = schema;
    this.service = typeNameOf(definition.name);
    this.names = new Identifiers([...reservedNames, ...namesAround(this.service)]);
    this.types = new ClientTypes(schema.types, this.names);
  }

  text(): string {
    const { service, types } = this;
    const value = valueNameOf(service);
    const actions = this.actions();
    const queries = this.queries();
    const rows = this.rows();
    const events = this.events();
    const codecs = types.use("client", "type Codecs");
    const body = [
      listCode({ type: `${service}Actions`, value: `${value}Actions`, members: actions }),
      listCode({ type: `${service}Queries`, value: `${value}Queries`, members: queries }),
      listCode({ type: `${service}Rows`, value: `${value}Rows`, members: rows }, codecs),
      listCode({ type: `${service}Events`, value: `${value}Events`, members: events }, codecs),
      this.interface(),
      this.client(),
    ];
    return [heading, importsCode(types), ...types.declarations, ...body].join("\n");
  }

  private actions(): readonly Member[] {
    const { actions, docs } = this.schema;
    return Object.entries(actions)
      .filter(([name]) => name !== migrateRowsName)
      .map(([name, types]) =>
        methodOf(this.types, {
          name,
          types,
          path: `actions.${name}`,
          doc: ownValue(docs.actions, name),
        }),
      );
  }

  /** A query may be called like an action, so its types are called otherwise. */
  private queries(): readonly Member[] {
    const { queries, docs } = this.schema;
    return Object.entries(queries).map(([name, types]) =>
      methodOf(this.types, {
        name,
        types,
        path: `queries.${name}`,
        prefix: "Query",
        doc: ownValue(docs.queries, name),
      }),
    );
  }

  private rows(): readonly Member[] {
    return this.definition.tables.map(({ name, rowType }) => {
      const doc = ownValue(this.schema.docs.tables, name);
      const type = ownValue(this.schema.types, rowType) ?? rowType;
      return this.member(name, {
        type,
        name: typeNameOf(name, "Row"),
        path: `tables.${name}`,
        doc,
      });
    });
  }

  private events(): readonly Member[] {
    const events = { ...this.schema.history, ...this.schema.merkle };
    return Object.entries(events).map(([name, type]) => {
      const doc = ownValue(this.schema.docs.events, name);
      return this.member(name, {
        type,
        name: typeNameOf(name, "Event"),
        path: `events.${name}`,
        doc,
      });
    });
  }

  private member(
    property: string,
    {
      type,
      name,
      path,
      doc,
    }: {
      readonly type: AnyType;
      readonly name: string;
      readonly path: string;
      readonly doc: string | undefined;
    },
  ): Member {
    const written = this.types.write(type, name, path);
    return { property: propertyName(property), type: written.type, value: written.codec, doc };
  }

  private interface(): string {
    const { service, types } = this;
    const value = valueNameOf(service);
    const type = `${types.use("signature", "type ServiceInterface")}<${service}Actions>`;
    const name = `${types.use("types", "accountNameConstant")}(${JSON.stringify(this.definition.name)})`;
    const doc = commentOf(this.schema.docs.service, 0);
    return `${doc}export const ${value}Interface: ${type} = {\n  name: ${name},\n  actions: ${value}Actions,\n};\n`;
  }

  private client(): string {
    const { service, types } = this;
    const value = valueNameOf(service);
    const connection = types.use("client", "type Connection");
    const base = types.use("client", "ServiceClient");
    const recursive = [...types.recursive].map(
      ([name, codec]) => `    ${propertyName(name)}: ${codec}.schema,\n`,
    );
    const parts = `export type ${service}Parts = {
  readonly actions: ${service}Actions;
  readonly queries: ${service}Queries;
  readonly rows: ${service}Rows;
  readonly events: ${service}Events;
};
`;
    const more = recursive.length === 0 ? "" : `  types: {\n${recursive.join("")}  },\n`;
    const partsType = types.use("client", "type PartsOf");
    const held = `const ${value}Parts: ${partsType}<${service}Parts> = {
  service: ${value}Interface,
  queries: ${value}Queries,
  rows: ${value}Rows,
  events: ${value}Events,
${more}};
`;
    return `${parts}${held}
/** Calls ${this.definition.name} in the name of one account, and reads what it answers. */
export class ${service}Client extends ${base}<${service}Parts> {
  constructor(connection: ${connection}) {
    super(connection, ${value}Parts);
  }
}
`;
  }
}

const heading =
  "// Made by `kith client` from the service's definition: change the service, then make it again.";

/** What the code uses and declares itself, so that no type of a service may be called so. */
const reservedNames: readonly string[] = [
  "AccountName",
  "Codec",
  "Codecs",
  "Connection",
  "MethodName",
  "PartsOf",
  "Readonly",
  "Record",
  "ServiceClient",
  "ServiceInterface",
  "Signature",
  "Uint8Array",
];

function namesAround(service: string): readonly string[] {
  return ["Actions", "Client", "Events", "Parts", "Queries", "Rows"].map((what) => service + what);
}
