import type { BlockResult } from "@kith/chain/apply-block";
import type { HttpReply } from "@kith/protocol/http-message";
import type { AccountName } from "@kith/protocol/ids";
import { accountNameConstant } from "@kith/protocol/names";
import { compileSchema, type CompiledSchema } from "@kith/protocol/schema";
import type { AnyType } from "@kith/protocol/schema-types";
import { packText, unpackText } from "@kith/protocol/texts";
import { openQueries, type Queries } from "@kith/queries/queries";
import type { Connection } from "@kith/sdk/client";
import { argumentsOf, askQuery, resultOf } from "@kith/sdk/client-query";
import type { Signature } from "@kith/sdk/signature";

import { keyOf, owner } from "./block-maker.ts";
import type { OpenedFiles } from "./opened-files.ts";
import type { Asked, TestedService } from "./ports.ts";

const rootHost = "kith.localhost";
const queryMs = 10_000;

export type HttpOptions = {
  readonly account?: AccountName;
  /** Who asks, as if with a login token; nobody when left out. */
  readonly as?: AccountName | undefined;
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
};

/** What somebody who visits the subdomain gets; status 404 and no body where nobody answers. */
export type HttpAnswer = {
  readonly status: number;
  readonly contentType: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
  /** Throws when the body is no text, or no JSON. */
  readonly text: () => string;
  readonly json: () => unknown;
};

type QuerySignature = Signature<never, unknown>;

/** What services answer, as a node answers it: typed queries, HTTP, GraphQL, and the site's files behind them. */
export class Answers {
  readonly #queries: Queries;

  constructor({ folder, state, machine }: OpenedFiles) {
    const script = "";
    this.#queries = openQueries({
      processes: 0,
      queryMs,
      folder,
      script,
      state,
      machine,
      onTrouble,
    });
  }

  onExecuted(result: BlockResult): void {
    this.#queries.onExecuted(result);
  }

  close(): void {
    this.#queries.close();
  }

  /** The account's own service first, then its site. */
  async http(
    options: HttpOptions & { readonly account: AccountName },
    target: string,
  ): Promise<HttpAnswer> {
    const { account, as, method = "GET", headers = {}, body = "" } = options;
    const mark = target.indexOf("?");
    const request = {
      method,
      host: `${account}.${rootHost}`,
      rootHost,
      path: mark < 0 ? target : target.slice(0, mark),
      query: mark < 0 ? "" : target.slice(mark + 1),
      headers: Object.entries(headers).map(([name, value]) => ({
        name: name.toLowerCase(),
        value,
      })),
      body: typeof body === "string" ? packText(body) : body,
    };
    // Files are everybody's.
    for (const [service, user] of [[account, as], [sites]] as const) {
      const answered = await this.#queries.query(service, request, user);
      if (!answered.ok) throw new Error(answered.error.code);
      if (answered.value !== undefined) return answerOf(answered.value);
    }
    return answerOf({ status: 404, contentType: "", headers: [], body: new Uint8Array() });
  }

  async graphql(
    { account, variables = {} }: { readonly account: AccountName; readonly variables?: object },
    query: string,
  ): Promise<Asked<unknown>> {
    const headers = { "content-type": "application/json" };
    const body = JSON.stringify({ query, variables });
    const answer = await this.http({ account, method: "POST", headers, body }, "/graphql");
    // oxlint-disable-next-line no-unsafe-type-assertion -- what the node itself answers
    const json = Object(answer.json()) as GraphqlJson;
    const [first] = json.errors ?? [];
    if (first === undefined) return { ok: true, value: json.data };
    const { message, extensions } = first;
    const code = extensions?.code ?? "graphql-error";
    return { ok: false, error: { status: answer.status, code, message } };
  }

  questions(
    { name: service, queries }: TestedService<unknown, unknown>,
    as: AccountName | undefined,
  ): object {
    // oxlint-disable-next-line no-unsafe-type-assertion -- what `service` of the SDK put there
    const signatures = Object.entries(queries as Readonly<Record<string, QuerySignature>>);
    const functions = signatures.map(([name, signature]) => {
      const schema = schemaOf(name, signature);
      const ask = async (args: never): Promise<Asked<unknown>> => {
        const parts = { service, name, signature, schema };
        const asked = await askQuery(this.#connection(service, as), parts, args);
        if (asked.ok) return asked;
        if (asked.error.code !== "refused") throw new Error(asked.error.code);
        const { status, reason, message } = asked.error;
        return { ok: false, error: { status, code: reason, message } };
      };
      return [name, ask] as const;
    });
    return Object.fromEntries(functions);
  }

  #connection(account: AccountName, as: AccountName | undefined): Connection {
    return {
      root: `http://${rootHost}`,
      account,
      signer: { publicKey: keyOf(owner), sign: (message) => message },
      port: {
        fetch: async (url, { method, headers, body = new Uint8Array() }) => {
          const { pathname, search } = new URL(url);
          const answer = await this.http({ account, as, method, headers, body }, pathname + search);
          return {
            status: answer.status,
            headers: { get: (name) => (name === "content-type" ? answer.contentType : null) },
            arrayBuffer: () => Promise.resolve(new Uint8Array(answer.body).buffer),
          };
        },
        now: () => 0,
        sleep: () => Promise.resolve(),
      },
    };
  }
}

/** Processes that answer queries would have it; here there are none. */
function onTrouble(text: string): void {
  process.stderr.write(`${text}\n`);
}

const sites = accountNameConstant("sites");

type GraphqlJson = {
  readonly data?: unknown;
  readonly errors?: readonly {
    readonly message: string;
    readonly extensions?: { readonly code?: string };
  }[];
};

function schemaOf(name: string, { args, result }: QuerySignature): CompiledSchema {
  const types: Record<string, AnyType> = { [argumentsOf(name)]: args.schema };
  if (result.schema !== undefined) types[resultOf(name)] = result.schema;
  const schema = compileSchema(types);
  if (!schema.ok) throw new TypeError(`the types of ${name} are none: ${schema.error.code}`);
  return schema.value;
}

function answerOf({ status, contentType, headers, body }: HttpReply): HttpAnswer {
  const text = (): string => {
    const read = unpackText(body);
    if (read === undefined) throw new TypeError("the body is no text");
    return read;
  };
  return {
    status,
    contentType,
    headers: Object.fromEntries(headers.map(({ name, value }) => [name, value])),
    body,
    text,
    json: () => {
      const json: unknown = JSON.parse(text());
      return json;
    },
  };
}
