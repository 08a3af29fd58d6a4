import type { Fields, ObjectValue } from "@kith/protocol/fracpack";
import {
  httpReplyCodec,
  httpRequestCodec,
  type HttpReply,
  type HttpRequest,
} from "@kith/protocol/http-message";
import type { MethodName } from "@kith/protocol/ids";
import { accountNameConstant, methodNameConstant } from "@kith/protocol/names";
import { migrateRowsName } from "@kith/protocol/row-migration";
import type { AnyType } from "@kith/protocol/schema-types";
import {
  ServiceAbort,
  type ActionHost,
  type EventKind,
  type QueryHost,
  type ServiceDefinition,
  type ServiceModule,
} from "@kith/protocol/service-abi";
import type { Docs, ServiceSchema } from "@kith/protocol/service-schema";

import { argumentsMessage } from "./arguments-message.ts";
import { ActionContext, QueryContext } from "./context.ts";
import type { Described } from "./described.ts";
import type { AnyEvent } from "./event.ts";
import { migrateRowsSignature, runMigration, type Migration } from "./migration.ts";
import type { AnyQuery, NoQueries } from "./query.ts";
import {
  signature,
  type AnyMethod,
  type ResultCodec,
  type ServiceInterface,
  type Signature,
} from "./signature.ts";
import type { AnyTable } from "./table.ts";

/** An action with the function that carries it out. */
export type Action<Args, Result> = Signature<Args, Result> & Runnable;

type Runnable = Described & {
  readonly run: (host: ActionHost, tables: readonly AnyTable[], args: Uint8Array) => Uint8Array;
};

/**
 * Answers HTTP requests on the service's subdomain from final state; undefined leaves them to the node's GraphQL, and
 * then to the site's files. Paths below `/query/` belong to `queries` where a service has some.
 */
export type HttpHandler = (context: QueryContext, request: HttpRequest) => HttpReply | undefined;

export type Service<Methods, Queries = NoQueries> = ServiceInterface<Methods> & {
  readonly queries: Queries;
  readonly module: ServiceModule;
};

export type ServiceParts<Methods, Queries = NoQueries> = {
  /** In an order that never changes: a table's number is its place. */
  readonly tables: readonly AnyTable[];
  readonly actions: Methods;
  /** Typed questions to a final state, answered at `/query/NAME`. */
  readonly queries?: Queries;
  readonly events?: readonly AnyEvent[];
  /** Whatever else the service answers on its subdomain. */
  readonly http?: HttpHandler;
  /** From row types of earlier versions to those of this one. Their order may change. */
  readonly migrations?: readonly Migration[];
  /** What the service is for, for people. */
  readonly doc?: string;
};

/** Declares an action: what it takes, what it gives (a type, or `nothing`), and what it does. */
export function action<F extends Fields, Result>(
  args: F,
  result: ResultCodec<Result>,
  run: (context: ActionContext, args: ObjectValue<F>) => Result,
): Action<ObjectValue<F>, Result> {
  return implement(signature(args, result), run);
}

/** Carries out an action whose signature is declared somewhere else. */
export function implement<Args, Result>(
  declared: Signature<Args, Result>,
  run: (context: ActionContext, args: Args) => Result,
): Action<Args, Result> {
  return {
    ...declared,
    run: (host, tables, packed) => {
      const args = declared.args.unpack(packed);
      if (!args.ok) throw new ServiceAbort("arguments-malformed", argumentsMessage(args.error));
      return declared.result.pack(run(ActionContext.of(host, tables), args.value));
    },
  };
}

/**
 * A service: its tables, its actions, and what it answers to requests.
 *
 *     export const counters = service("counters", { tables: [counts], actions: { increment } });
 */
export function service<
  const Methods extends Readonly<Record<string, AnyMethod & Runnable>>,
  const Queries extends AnyQueries = NoQueries,
>(name: string, parts: ServiceParts<Methods, Queries>): Service<Methods, Queries>;
export function service(name: string, parts: AnyParts): Service<AnyParts["actions"], object> {
  const account = accountNameConstant(name);
  const actions = withMigrations(parts);
  const { tables, http, queries = {} } = parts;
  prepareCodecs({ ...parts, actions });
  const module: ServiceModule = {
    definition: definitionOf(name, { ...parts, actions }),
    action: (method, args, host) => {
      const declared = named(actions, method);
      if (declared === undefined) {
        throw new ServiceAbort("method-unknown", `${name} has no action ${method}`);
      }
      return declared.run(host, tables, args);
    },
    ...(http === undefined ? {} : { serve: serveWith(http, tables) }),
    ...(Object.keys(queries).length === 0 ? {} : { query: answerWith(name, queries, tables) }),
  };
  return { name: account, actions: parts.actions, queries, module };
}

type AnyAction = AnyMethod & Runnable;
type AnyQueries = Readonly<Record<string, AnyQuery>>;
type AnyParts = ServiceParts<Readonly<Record<string, AnyAction>>, AnyQueries>;

/** A service starts once and is called often. */
function prepareCodecs({ tables, actions, queries = {}, events = [] }: AnyParts): void {
  for (const { row } of tables) row.prepare?.();
  for (const { type } of events) type.prepare?.();
  for (const { args, result } of [...Object.values(actions), ...Object.values(queries)]) {
    args.prepare?.();
    result.prepare?.();
  }
}

/** Names of methods that have the same number are the same name; `setPrice` usually comes as `setprice`. */
function named<T extends object>(
  declared: Readonly<Record<string, T>>,
  method: MethodName,
): T | undefined {
  if (Object.hasOwn(declared, method)) return declared[method];
  const known = numbered.get(declared) ?? new Map<MethodName, string>();
  if (known.size === 0) {
    for (const name of Object.keys(declared)) known.set(methodNameConstant(name), name);
    numbered.set(declared, known);
  }
  const name = known.get(method);
  return name === undefined ? undefined : declared[name];
}

const numbered = new WeakMap<object, Map<MethodName, string>>();

function answerWith(
  ofService: string,
  queries: AnyQueries,
  tables: readonly AnyTable[],
): NonNullable<ServiceModule["query"]> {
  return (name, args, host) => {
    const declared = named(queries, name);
    if (declared === undefined) {
      throw new ServiceAbort("query-unknown", `${ofService} has no query ${name}`);
    }
    return declared.answer(host, tables, args);
  };
}

/** A service with migrations has an action for the node to run them with. */
function withMigrations({ actions, migrations = [] }: AnyParts): AnyParts["actions"] {
  if (migrations.length === 0) return actions;
  if (Object.hasOwn(actions, migrateRowsName)) {
    throw new TypeError(`${migrateRowsName} is the action that runs migrations`);
  }
  const migrate = implement(migrateRowsSignature, (_context, args) =>
    runMigration(migrations, args),
  );
  return { ...actions, [migrateRowsName]: migrate };
}

function serveWith(
  http: HttpHandler,
  tables: readonly AnyTable[],
): (request: Uint8Array, host: QueryHost) => Uint8Array | undefined {
  return (packed, host) => {
    const request = httpRequestCodec.unpack(packed);
    if (!request.ok) throw new ServiceAbort("request-malformed", "the request is unreadable");
    const reply = http(new QueryContext(host, tables), request.value);
    return reply === undefined ? undefined : httpReplyCodec.pack(reply);
  };
}

/** The psibase ServiceSchema as JSON; row types are named after their tables. */
function definitionOf(name: string, parts: AnyParts): ServiceDefinition {
  const types: Record<string, AnyType> = {};
  for (const { name: tableName, row } of parts.tables) types[tableName] = row.schema;
  const actions = Object.fromEntries(
    Object.entries(parts.actions).map(([method, { args, result }]) => [
      method,
      { params: args.schema, result: result.schema ?? null },
    ]),
  );
  const { events = [], queries = {} } = parts;
  return {
    name: accountNameConstant(name),
    tables: parts.tables.map((table) => ({
      name: table.name,
      rowType: table.name,
      indexes: table.keys.map((key) => key.fields.map((field) => field.name)),
      ...(table.private === true ? { private: true } : {}),
    })),
    events: events.map(({ name: eventName, kind, indexes }) => ({
      name: eventName,
      kind,
      indexes,
    })),
    schema: JSON.stringify({
      service: name,
      types,
      actions,
      ...queriesOf(queries),
      history: eventTypesOf(events, "history"),
      merkle: eventTypesOf(events, "merkle"),
      ...migrationsOf(parts),
      ...docsOf(parts),
    }),
  };
}

/** Beside psibase's parts, and only where there are some. */
function queriesOf(queries: AnyQueries): Pick<Partial<ServiceSchema>, "queries"> {
  const types = Object.entries(queries).map(([name, { args, result }]) => {
    return [name, { params: args.schema, result: result.schema }] as const;
  });
  return types.length === 0 ? {} : { queries: Object.fromEntries(types) };
}

/** psibase's EventType; whoever can read the state can read its events. */
function eventTypesOf(
  events: readonly AnyEvent[],
  kind: EventKind,
): Record<string, { readonly type: AnyType; readonly access: "public" }> {
  const ofKind = events.filter((event) => event.kind === kind);
  return Object.fromEntries(
    ofKind.map(({ name, type }) => [name, { type: type.schema, access: "public" }]),
  );
}

function migrationsOf({ migrations = [] }: AnyParts): Pick<Partial<ServiceSchema>, "migrations"> {
  if (migrations.length === 0) return {};
  return { migrations: migrations.map(({ table, from }) => ({ table, from })) };
}

/** Only what is described: a service without words has none in its schema. */
function docsOf(parts: AnyParts): { readonly docs?: object } {
  const queries = textsOf(Object.entries(parts.queries ?? {}));
  const docs: Omit<Docs, "queries"> & Partial<Docs> = {
    ...(parts.doc === undefined ? {} : { service: parts.doc }),
    actions: textsOf(Object.entries(parts.actions)),
    ...(parts.queries === undefined ? {} : { queries }),
    tables: textsOf(parts.tables.map((table) => [table.name, table])),
    events: textsOf((parts.events ?? []).map((event) => [event.name, event])),
  };
  const isEmpty = [docs.actions, queries, docs.tables, docs.events].every(
    (texts) => Object.keys(texts).length === 0,
  );
  return isEmpty && parts.doc === undefined ? {} : { docs };
}

function textsOf(things: readonly (readonly [string, Described])[]): Record<string, string> {
  const texts: Record<string, string> = {};
  for (const [name, { doc }] of things) if (doc !== undefined) texts[name] = doc;
  return texts;
}

export type { ServiceModule } from "@kith/protocol/service-abi";
