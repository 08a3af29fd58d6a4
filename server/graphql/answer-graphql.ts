import type { FinalView } from "@kith/chain/ports";
import type { HttpHeader, HttpReply, HttpRequest } from "@kith/protocol/http-message";
import { err, ok, type Result } from "@kith/protocol/result";
import type { ServiceDefinition } from "@kith/protocol/service-abi";
import { packText, unpackText } from "@kith/protocol/texts";

import type { GraphqlErrorCode } from "./errors.ts";
import { requestBytesMax } from "./limits.ts";
import { preferredType, type AnswerType } from "./preferred-type.ts";
import { parseQueryString } from "./query-string.ts";
import { runQuery, type GraphqlRequest } from "./run-query.ts";
import { serviceGraphql } from "./service-schema.ts";

const path = "/graphql";

/**
 * Answers `/graphql` of a service's domain; undefined for all other paths, and for OPTIONS, which is answered for all of
 * them alike. GET without a query gives the schema (psibase); otherwise it is GraphQL over HTTP, where
 * `application/graphql-response+json` has a status of its own for each outcome and `application/json` always 200.
 */
export function answerGraphql(
  definition: ServiceDefinition,
  view: FinalView,
  request: HttpRequest,
): HttpReply | undefined {
  if (request.path !== path || request.method === "OPTIONS") return undefined;
  if (request.method !== "GET" && request.method !== "POST") {
    return plainError(405, "method-not-allowed", "only GET and POST", [
      { name: "allow", value: "GET, HEAD, POST" },
    ]);
  }
  const graphql = serviceGraphql(definition);
  if (!graphql.ok) return plainError(501, "schema-unusable", graphql.error.reason);
  if (request.method === "GET" && !parseQueryString(request.query).has("query")) {
    return reply(200, "text/plain; charset=utf-8", graphql.value.sdl);
  }
  const type = preferredType(headerOf(request, "accept"));
  if (type === undefined) {
    return plainError(406, "type-not-acceptable", "only JSON can be had here");
  }
  const parsed = request.method === "GET" ? requestOfUrl(request) : requestOfBody(request);
  if (!parsed.ok) {
    const { status, code, message } = parsed.error;
    return errorReply(status, type, { code, message });
  }
  const { ran, body } = runQuery(graphql.value, view, parsed.value);
  return reply(ran || type === "application/json" ? 200 : 400, `${type}; charset=utf-8`, body);
}

type RequestFault = {
  readonly status: number;
  readonly code: GraphqlErrorCode;
  readonly message: string;
};

function requestOfUrl({ query }: HttpRequest): Result<GraphqlRequest, RequestFault> {
  const parameters = parseQueryString(query);
  const variables = parameters.get("variables") ?? "";
  const json = variables === "" ? ok(undefined) : parseJson(variables);
  if (!json.ok) return malformed("`variables` is no JSON");
  return requestOf({
    query: parameters.get("query"),
    operationName: parameters.get("operationName"),
    variables: json.value,
  });
}

function requestOfBody(request: HttpRequest): Result<GraphqlRequest, RequestFault> {
  const type = headerOf(request, "content-type")?.split(";", 1)[0]?.trim().toLowerCase();
  if (type !== "application/json") {
    const message = "the body has to be application/json";
    return err({ status: 415, code: "content-type-unsupported", message });
  }
  if (request.body.length > requestBytesMax) {
    const message = `a request may have ${requestBytesMax} bytes`;
    return err({ status: 413, code: "request-too-large", message });
  }
  const text = unpackText(request.body);
  const json = text === undefined ? undefined : parseJson(text);
  if (json?.ok !== true) return malformed("the body is no JSON");
  return isRecord(json.value) ? requestOf(json.value) : malformed("the body is no JSON object");
}

function requestOf(given: Readonly<Record<string, unknown>>): Result<GraphqlRequest, RequestFault> {
  const { query, operationName, variables } = given;
  if (typeof query !== "string") return malformed("`query` has to be a text");
  if (operationName !== undefined && operationName !== null && typeof operationName !== "string") {
    return malformed("`operationName` has to be a text");
  }
  if (variables !== undefined && variables !== null && !isRecord(variables)) {
    return malformed("`variables` has to be an object");
  }
  return ok({ query, operationName: operationName ?? undefined, variables: variables ?? {} });
}

function malformed(message: string): Result<never, RequestFault> {
  return err({ status: 400, code: "request-malformed", message });
}

function parseJson(text: string): Result<unknown, undefined> {
  try {
    const json: unknown = JSON.parse(text);
    return ok(json);
  } catch {
    return err(undefined);
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function headerOf({ headers }: HttpRequest, name: string): string | undefined {
  return headers.find((header) => header.name === name)?.value;
}

type Fault = { readonly code: GraphqlErrorCode; readonly message: string };

/** An error as GraphQL has them. */
function errorReply(status: number, type: AnswerType, { code, message }: Fault): HttpReply {
  const body = JSON.stringify({ errors: [{ message, extensions: { code } }] });
  return reply(status, `${type}; charset=utf-8`, body);
}

/** An error like every other of this node, where GraphQL was not reached. */
function plainError(
  status: number,
  code: GraphqlErrorCode,
  message: string,
  headers: readonly HttpHeader[] = [],
): HttpReply {
  return { ...reply(status, "application/json", JSON.stringify({ code, message })), headers };
}

function reply(status: number, contentType: string, text: string): HttpReply {
  const headers = [
    { name: "cache-control", value: "no-cache" },
    { name: "vary", value: "accept" },
  ];
  return { status, contentType, headers, body: packText(text) };
}
