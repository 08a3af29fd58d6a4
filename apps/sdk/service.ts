import type { Fields, ObjectValue } from "@kith/protocol/fracpack";
import {
  httpReplyCodec,
  httpRequestCodec,
  type HttpReply,
  type HttpRequest,
} from "@kith/protocol/http-message";
import type { MethodName } from "@kith/protocol/ids";
import { accountNameConstant, methodNameConstant } from "@kith/protocol/names";
import type { AnyType } from "@kith/protocol/schema-types";
import {
  ServiceAbort,
  type ActionHost,
  type QueryHost,
  type ServiceDefinition,
  type ServiceModule,
} from "@kith/protocol/service-abi";

import { ActionContext, QueryContext } from "./context.ts";
import type { AnyEvent } from "./event.ts";
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

type Runnable = {
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
  const byMethod = new Map<MethodName, Runnable>();
  for (const [method, declared] of Object.entries(parts.actions)) {
    byMethod.set(methodNameConstant(method), declared);
  }
  const { tables, query } = parts;
  const module: ServiceModule = {
    definition: definitionOf(name, parts),
    action: (method, args, host) => {
      const declared = byMethod.get(method);
      if (declared === undefined) {
        throw new ServiceAbort("method-unknown", `${name} has no action ${method}`);
      }
      return declared.run(host, tables, args);
    },
    ...(query === undefined ? {} : { serve: serveWith(query, tables) }),
  };
  return { name: account, actions: parts.actions, module };
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
function definitionOf(
  name: string,
  parts: ServiceParts<Readonly<Record<string, AnyMethod>>>,
): ServiceDefinition {
  const types: Record<string, AnyType> = {};
  for (const { name: tableName, row } of parts.tables) types[tableName] = row.schema;
  const actions = Object.fromEntries(
    Object.entries(parts.actions).map(([method, { args, result }]) => [
      method,
      { params: args.schema, result: result.schema ?? null },
    ]),
  );
  const merkle = Object.fromEntries(
    (parts.events ?? []).map(({ name: eventName, type }) => [
      eventName,
      { type: type.schema, access: "public" },
    ]),
  );
  return {
    name: accountNameConstant(name),
    tables: parts.tables.map((table) => ({
      name: table.name,
      rowType: table.name,
      indexes: table.keys.map((key) => key.fields.map((field) => field.name)),
    })),
    schema: JSON.stringify({ service: name, types, actions, history: {}, merkle }),
  };
}

function argumentsMessage(fault: { readonly code: string; readonly offset: number }): string {
  return `the arguments are not what the action declares: ${fault.code} at byte ${fault.offset}`;
}

export type { ServiceModule } from "@kith/protocol/service-abi";
