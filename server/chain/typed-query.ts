import { parseBoundedJson } from "@kith/protocol/bounded-json";
import type { HttpRequest } from "@kith/protocol/http-message";
import type { AccountName, MethodName } from "@kith/protocol/ids";
import { fracpackDepthMax } from "@kith/protocol/limits";
import { parseMethodName } from "@kith/protocol/names";
import { err, ok, type Result } from "@kith/protocol/result";
import type { ServiceModule } from "@kith/protocol/service-abi";
import { unpackText } from "@kith/protocol/texts";

import { declaredQueries, type DeclaredQuery } from "./declared-queries.ts";
import { queryArgumentsBytesMax } from "./limits.ts";

const queryPath = "/query/";

export type TypedQuery = {
  readonly name: MethodName;
  readonly declared: DeclaredQuery;
  readonly args: Uint8Array;
};

/** Why a request to `/query/` is no query, before anything of the service has run. */
export type TypedQueryError = { readonly message: string } & (
  | { readonly code: "query-unknown" }
  | { readonly code: "method-not-allowed" }
  | { readonly code: "arguments-too-long" }
  /** No JSON, or not as the query declares them; a parameter that comes twice. */
  | { readonly code: "arguments-malformed" }
  /** The service describes its queries in a way that cannot be used. */
  | { readonly code: "queries-malformed" }
);

export const typedQueryStatuses: Readonly<Record<TypedQueryError["code"], number>> = {
  "query-unknown": 404,
  "method-not-allowed": 405,
  "arguments-too-long": 413,
  "arguments-malformed": 400,
  "queries-malformed": 500,
};

/**
 * Whether the request belongs to the typed queries of the service. Without queries, the path is like any other; so it is on
 * another account's subdomain, for which `sites` answers.
 */
export function isTypedQuery(
  module: ServiceModule,
  service: AccountName,
  request: HttpRequest,
): boolean {
  const { path, method, host, rootHost } = request;
  if (module.query === undefined || !path.startsWith(queryPath) || method === "OPTIONS")
    return false;
  return host === rootHost || host === `${service}.${rootHost}`;
}

/**
 * `GET /query/NAME?args=JSON`, `GET /query/NAME?FIELD=VALUE&...`, or `POST /query/NAME` with JSON as its body. Arguments
 * are checked and packed here, at the edge; the service gets what it would get from any other caller.
 */
export function parseTypedQuery(
  { definition }: ServiceModule,
  service: AccountName,
  request: HttpRequest,
): Result<TypedQuery, TypedQueryError> {
  const queries = declaredQueries(definition);
  if (!queries.ok) return queries;
  const text = request.path.slice(queryPath.length);
  const name = parseMethodName(text);
  const declared = name.ok ? queries.value.get(name.value) : undefined;
  if (!name.ok || declared === undefined) {
    return err({
      code: "query-unknown",
      message: `${service} has no query ${text.slice(0, nameCharsShown)}`,
    });
  }
  const args = packedArguments(declared, request);
  return args.ok ? ok({ name: name.value, declared, args: args.value }) : args;
}

const nameCharsShown = 80;

function packedArguments(
  declared: DeclaredQuery,
  { method, query, body }: HttpRequest,
): Result<Uint8Array, TypedQueryError> {
  if (method !== "GET" && method !== "POST") {
    return err({ code: "method-not-allowed", message: "only GET and POST" });
  }
  if ((method === "GET" ? query : body).length > queryArgumentsBytesMax) {
    const message = `arguments have at most ${queryArgumentsBytesMax} bytes`;
    return err({ code: "arguments-too-long", message });
  }
  if (method === "POST") return packedJson(declared, unpackText(body) ?? "");
  const parameters = parametersOf(query);
  if (parameters === undefined) return malformed("a parameter comes twice, or is no text");
  const whole = declared.hasField("args") ? undefined : parameters.get("args");
  if (whole === undefined) return packed(declared.packFields(parameters));
  if (parameters.size > 1) return malformed("`args` is all arguments, and there are others");
  return packedJson(declared, whole);
}

function packedJson(declared: DeclaredQuery, text: string): Result<Uint8Array, TypedQueryError> {
  const json = parseBoundedJson(text, fracpackDepthMax);
  return json === undefined
    ? malformed("the arguments are no JSON")
    : packed(declared.packArguments(json));
}

function packed(
  result: ReturnType<DeclaredQuery["packArguments"]>,
): Result<Uint8Array, TypedQueryError> {
  if (result.ok) return result;
  const { error } = result;
  if (error.code === "type-unknown") return malformed(error.code);
  return malformed(
    `the arguments are not what the query declares: ${error.path}: expected ${error.expected}`,
  );
}

function malformed(message: string): Result<never, TypedQueryError> {
  return err({ code: "arguments-malformed", message });
}

/** Undefined when one of them is not percent-encoded UTF-8, or comes more than once. */
function parametersOf(query: string): ReadonlyMap<string, string> | undefined {
  const parameters = new Map<string, string>();
  for (const pair of query.split("&")) {
    if (pair === "") continue;
    const mark = pair.indexOf("=");
    const name = decode(mark < 0 ? pair : pair.slice(0, mark));
    const value = decode(mark < 0 ? "" : pair.slice(mark + 1));
    if (name === undefined || value === undefined || parameters.has(name)) return undefined;
    parameters.set(name, value);
  }
  return parameters;
}

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text.replaceAll("+", " "));
  } catch {
    return undefined;
  }
}
