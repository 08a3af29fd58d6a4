import type { Codec } from "@kith/protocol/fracpack";
import type { AccountName, BlockNum, TransactionId } from "@kith/protocol/ids";
import { err, ok, type Result } from "@kith/protocol/result";
import { compileSchema, type CompiledSchema } from "@kith/protocol/schema";
import type { AnyType, SchemaTypes } from "@kith/protocol/schema-types";
import type { Action } from "@kith/protocol/transaction";

import { packAction } from "../pack-action.ts";
import type { ResultCodec, ServiceInterface, Signature } from "../signature.ts";
import {
  argumentsOf,
  askQuery,
  placeOf,
  readAnswer,
  resultOf as resultTypeOf,
  type QueryParts,
} from "./ask-query.ts";
import { askJson } from "./ask.ts";
import type { ClientError } from "./client-error.ts";
import { addressOf, type Connection, type Final } from "./connection.ts";
import { sendActions } from "./send-actions.ts";

/** What a client knows of a service; generated clients have it as types and as a value. */
export type ServiceParts = {
  readonly actions: object;
  /** Typed queries. */
  readonly queries: object;
  /** Rows of its tables. */
  readonly rows: object;
  readonly events: object;
};

/** What packs each of some named types. */
export type Codecs<Types> = { readonly [Name in keyof Types]: Codec<Types[Name]> };

export type PartsOf<Parts extends ServiceParts> = {
  readonly service: ServiceInterface<Parts["actions"]>;
  readonly queries: Parts["queries"];
  readonly rows: Codecs<Parts["rows"]>;
  readonly events: Codecs<Parts["events"]>;
  /** Types that contain themselves, by the names that stand for them. */
  readonly types?: SchemaTypes;
};

/** An action's result, and where it became final. */
export type Done<Value> = {
  readonly value: Value;
  readonly transactionId: TransactionId;
  readonly blockNum: BlockNum;
};

type ArgsOf<Method> = Method extends Signature<infer Args, unknown> ? Args : never;
type ResultOf<Method> = Method extends { readonly result: ResultCodec<infer Value> }
  ? Value
  : never;

/** A service's actions as functions that resolve when the transaction is final. */
export type ClientActions<Actions> = {
  readonly [Name in keyof Actions]: (
    args: ArgsOf<Actions[Name]>,
  ) => Promise<Result<Done<ResultOf<Actions[Name]>>, ClientError>>;
};

/** A service's queries as functions that resolve with what it answers from the newest final state. */
export type ClientQueries<Queries> = {
  readonly [Name in keyof Queries]: ClientQuery<ArgsOf<Queries[Name]>, ResultOf<Queries[Name]>>;
};

/** A query: a function that asks it once, and what it takes to hear of every new answer (`LiveQueries`). */
export type ClientQuery<Args, Value> = {
  (args: Args): Promise<Result<Value, ClientError>>;
  readonly watched: (args: Args) => WatchedQuery<Value>;
};

/** A query with its arguments, as a stream of changes is asked for it. */
export type WatchedQuery<Value> = {
  readonly service: AccountName;
  /** With the arguments. */
  readonly target: string;
  /** Undefined for JSON that is no such answer. */
  readonly read: (json: unknown) => Value | undefined;
};

/**
 * Calls a service in the name of one account, and reads what it answers over HTTP. Generated clients extend it.
 *
 *     const tokens = new TokensClient(connection);
 *     const minted = await tokens.actions.mint({ tokenId: 1, amount: 100n, memo: "" });
 *     if (!minted.ok && minted.error.code === "transaction-failed") show(minted.error.reason);
 */
export class ServiceClient<Parts extends ServiceParts> {
  readonly connection: Connection;
  readonly parts: PartsOf<Parts>;
  /** One transaction each. */
  readonly actions: ClientActions<Parts["actions"]>;
  /** In nobody's name: whoever reaches the network may ask. */
  readonly queries: ClientQueries<Parts["queries"]>;
  private schema: CompiledSchema | undefined;

  constructor(connection: Connection, parts: PartsOf<Parts>) {
    this.connection = connection;
    this.parts = parts;
    this.actions = callables<Parts["actions"]>(connection, parts.service);
    const partsOf = (name: string, signature: AnySignature): QueryParts => ({
      service: parts.service.name,
      name,
      signature,
      schema: this.compiled(),
    });
    this.queries = questions<Parts["queries"]>(parts.queries, connection, partsOf);
  }

  /** An action for a transaction of several: see `send`. */
  pack<Name extends keyof Parts["actions"] & string>(
    name: Name,
    args: ArgsOf<Parts["actions"][Name]>,
  ): Action {
    return packUntyped(this.connection, this.parts.service, name, args);
  }

  /** All of the actions as one transaction, whoever's they are. The results are packed. */
  send(actions: readonly Action[]): Promise<Result<Final, ClientError>> {
    return sendActions(this.connection, actions);
  }

  /** The JSON that the service answers to GET at this path, which begins with a slash. */
  get(target: string): Promise<Result<unknown, ClientError>> {
    const { root, port } = this.connection;
    return askJson(port, addressOf(root, this.parts.service.name, target));
  }

  /**
   * A row of a table from the JSON in which psibase writes it: 64-bit numbers as texts, byte strings as hex. Undefined
   * for JSON that is no such row, with members that the row does not have, or without some that it has.
   */
  readRow<Name extends keyof Parts["rows"] & string>(
    table: Name,
    json: unknown,
  ): Parts["rows"][Name] | undefined {
    const packed = this.compiled().packJson(rowTypeOf(table), json);
    if (!packed.ok) return undefined;
    const row = this.parts.rows[table].unpack(packed.value);
    return row.ok ? row.value : undefined;
  }

  /** One page of rows, where the service answers `{ rows, next }`; `next` is left out on the last page. */
  async getRows<Name extends keyof Parts["rows"] & string>(
    table: Name,
    target: string,
  ): Promise<Result<RowPage<Parts["rows"][Name]>, ClientError>> {
    const json = await this.get(target);
    if (!json.ok) return json;
    const rows: unknown = Reflect.get(Object(json.value), "rows");
    const next: unknown = Reflect.get(Object(json.value), "next");
    const read = Array.isArray(rows) ? rows.map((row) => this.readRow(table, row)) : undefined;
    if (read === undefined || !isWhole(read)) {
      const url = addressOf(this.connection.root, this.parts.service.name, target);
      return err({ code: "answer-malformed", url });
    }
    return ok(typeof next === "string" ? { rows: read, next } : { rows: read });
  }

  /** An event's data; undefined when the bytes are no such event. */
  readEvent<Name extends keyof Parts["events"] & string>(
    event: Name,
    packed: Uint8Array,
  ): Parts["events"][Name] | undefined {
    const read = this.parts.events[event].unpack(packed);
    return read.ok ? read.value : undefined;
  }

  private compiled(): CompiledSchema {
    if (this.schema !== undefined) return this.schema;
    const rows: Readonly<Record<string, { readonly schema: AnyType }>> = this.parts.rows;
    const types: [string, AnyType][] = Object.entries(this.parts.types ?? {});
    for (const [table, { schema }] of Object.entries(rows)) types.push([rowTypeOf(table), schema]);
    for (const [name, { args, result }] of signaturesOf(this.parts.queries)) {
      types.push([argumentsOf(name), args.schema]);
      if (result.schema !== undefined) types.push([resultTypeOf(name), result.schema]);
    }
    const schema = compileSchema(Object.fromEntries(types));
    if (!schema.ok) throw new TypeError(`the client's types are none: ${schema.error.typeName}`);
    this.schema = schema.value;
    return schema.value;
  }
}

/** Rows have names that no type of a schema has. */
function rowTypeOf(table: string): string {
  return `row of ${table}`;
}

export type RowPage<Row> = { readonly rows: readonly Row[]; readonly next?: string };

function isWhole<T>(rows: readonly (T | undefined)[]): rows is readonly T[] {
  return !rows.includes(undefined);
}

type AnyMethods = Readonly<Record<string, Signature<unknown, unknown>>>;
type AnySignature = Signature<never, unknown>;

type PartsOfQuery = (name: string, signature: AnySignature) => QueryParts;

function questions<Queries>(
  queries: Queries,
  connection: Connection,
  partsOf: PartsOfQuery,
): ClientQueries<Queries>;
function questions(queries: object, connection: Connection, partsOf: PartsOfQuery): object {
  const functions = signaturesOf(queries).map(([name, signature]) => {
    const ask = (args: never): unknown => askQuery(connection, partsOf(name, signature), args);
    const watched = (args: never): WatchedQuery<unknown> => {
      const parts = partsOf(name, signature);
      const { target } = placeOf(parts, args);
      const read = (json: unknown): unknown => {
        const answer = readAnswer(parts, json);
        return answer.ok ? answer.value : undefined;
      };
      return { service: parts.service, target, read };
    };
    return [name, Object.assign(ask, { watched })] as const;
  });
  return Object.fromEntries(functions);
}

/** Generated clients have nothing else in it. */
function signaturesOf(queries: object): readonly (readonly [string, AnySignature])[] {
  // oxlint-disable-next-line no-unsafe-type-assertion -- generated from the same schema
  return Object.entries(queries as Readonly<Record<string, AnySignature>>);
}

function callables<Actions>(
  connection: Connection,
  service: ServiceInterface<Actions>,
): ClientActions<Actions>;
function callables(connection: Connection, service: ServiceInterface<AnyMethods>): object {
  const functions: [string, unknown][] = Object.entries(service.actions).map(([name, method]) => [
    name,
    (args: unknown) =>
      call(connection, packAction(connection.account, service, name, args), method),
  ]);
  return Object.fromEntries(functions);
}

async function call(
  connection: Connection,
  action: Action,
  { result }: Pick<Signature<unknown, unknown>, "result">,
): Promise<Result<Done<unknown>, ClientError>> {
  const final = await sendActions(connection, [action]);
  if (!final.ok) return final;
  const { results, transactionId, blockNum } = final.value;
  const read = result.unpack(results[0] ?? new Uint8Array());
  if (read.ok) return ok({ value: read.value, transactionId, blockNum });
  return err({ code: "answer-malformed", url: addressOf(connection.root, "transact", "/") });
}

function packUntyped<Actions>(
  connection: Connection,
  service: ServiceInterface<Actions>,
  name: string,
  args: unknown,
): Action;
function packUntyped(
  { account }: Connection,
  service: ServiceInterface<AnyMethods>,
  name: string,
  args: unknown,
): Action {
  return packAction(account, service, name, args);
}

export type { ClientError } from "./client-error.ts";
export type {
  Answer,
  ClientPort,
  Connection,
  Final,
  RequestParts,
  Sender,
  Signer,
} from "./connection.ts";
export { receiptOf, sendActions } from "./send-actions.ts";
export type { Result } from "@kith/protocol/result";
