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

import { ActionContext, QueryContext } from "./context.ts";
import type { Described } from "./described.ts";
import type { AnyEvent } from "./event.ts";
import { migrateRowsSignature, runMigration, type Migration } from "./migration.ts";
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

/** Answers HTTP requests on the service's subdomain from final state; undefined leaves them to the site's files. */
export type Query = (context: QueryContext, request: HttpRequest) => HttpReply | undefined;

export type Service<Methods> = ServiceInterface<Methods> & { readonly module: ServiceModule };

export type ServiceParts<Methods> = {
  /** In an order that never changes: a table's number is its place. */
  readonly tables: readonly AnyTable[];
  readonly actions: Methods;
  readonly events?: readonly AnyEvent[];
  readonly query?: Query;
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
      return declared.result.pack(run(new ActionContext(host, tables), args.value));
    },
  };
}

/**
 * A service: its tables, its actions, and what it answers to requests.
 *
 *     export const counters = service("counters", { tables: [counts], actions: { increment } });
 */
export function service<const Methods extends Readonly<Record<string, AnyMethod & Runnable>>>(
  name: string,
  parts: ServiceParts<Methods>,
): Service<Methods> {
  const account = accountNameConstant(name);
  const actions = withMigrations(parts);
  const { tables, query } = parts;
  prepareCodecs({ ...parts, actions });
  const module: ServiceModule = {
    definition: definitionOf(name, { ...parts, actions }),
    action: (method, args, host) => {
      const declared = Object.hasOwn(actions, method) ? actions[method] : byNumber(actions, method);
      if (declared === undefined) {
        throw new ServiceAbort("method-unknown", `${name} has no action ${method}`);
      }
      return declared.run(host, tables, args);
    },
    ...(query === undefined ? {} : { serve: serveWith(query, tables) }),
  };
  return { name: account, actions: parts.actions, module };
}

type AnyAction = AnyMethod & Runnable;
type AnyParts = ServiceParts<Readonly<Record<string, AnyAction>>>;

/** A service starts once and is called often. */
function prepareCodecs({ tables, actions, events = [] }: AnyParts): void {
  for (const { row } of tables) row.prepare?.();
  for (const { type } of events) type.prepare?.();
  for (const { args, result } of Object.values(actions)) {
    args.prepare?.();
    result.prepare?.();
  }
}

/** Names of methods that have the same number are the same name; `setPrice` usually comes as `setprice`. */
function byNumber(actions: AnyParts["actions"], method: MethodName): AnyAction | undefined {
  const known = numbered.get(actions) ?? new Map<MethodName, AnyAction>();
  if (known.size === 0) {
    for (const [name, declared] of Object.entries(actions)) {
      known.set(methodNameConstant(name), declared);
    }
    numbered.set(actions, known);
  }
  return known.get(method);
}

const numbered = new WeakMap<AnyParts["actions"], Map<MethodName, AnyAction>>();

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
  query: Query,
  tables: readonly AnyTable[],
): (request: Uint8Array, host: QueryHost) => Uint8Array | undefined {
  return (packed, host) => {
    const request = httpRequestCodec.unpack(packed);
    if (!request.ok) throw new ServiceAbort("request-malformed", "the request is unreadable");
    const reply = query(new QueryContext(host, tables), request.value);
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
  const { events = [] } = parts;
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
      history: eventTypesOf(events, "history"),
      merkle: eventTypesOf(events, "merkle"),
      ...migrationsOf(parts),
      ...docsOf(parts),
    }),
  };
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
function docsOf(parts: AnyParts): Pick<Partial<ServiceSchema>, "docs"> {
  const docs: Docs = {
    ...(parts.doc === undefined ? {} : { service: parts.doc }),
    actions: textsOf(Object.entries(parts.actions)),
    tables: textsOf(parts.tables.map((table) => [table.name, table])),
    events: textsOf((parts.events ?? []).map((event) => [event.name, event])),
  };
  const isEmpty = [docs.actions, docs.tables, docs.events].every(
    (texts) => Object.keys(texts).length === 0,
  );
  return isEmpty && parts.doc === undefined ? {} : { docs };
}

function textsOf(things: readonly (readonly [string, Described])[]): Record<string, string> {
  const texts: Record<string, string> = {};
  for (const [name, { doc }] of things) if (doc !== undefined) texts[name] = doc;
  return texts;
}

function argumentsMessage(fault: { readonly code: string; readonly offset: number }): string {
  return `the arguments are not what the action declares: ${fault.code} at byte ${fault.offset}`;
}

export type { ServiceModule } from "@kith/protocol/service-abi";
