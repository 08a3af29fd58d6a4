import type { Wanted } from "@kith/changes/interest";
import { parsePosition, type Position } from "@kith/changes/position";
import { parseAccountName } from "@kith/protocol/names";
import { err, ok, type Result } from "@kith/protocol/result";
import { z } from "zod";

import type { ParameterProblem, RequestError } from "./http-error.ts";
import { parseTarget } from "./request-target.ts";

export type ChangesRequest = {
  readonly wanted: readonly Wanted[];
  readonly since: Position | undefined;
};

const rows = z.strictObject({
  table: z.string(),
  where: z.record(z.string(), z.unknown()).optional(),
});
const graphql = z.strictObject({ query: z.string(), variables: z.unknown().optional() });

/**
 * What `/changes?...` names, in its order: `rows=<table>` or `rows={"table":...,"where":{...}}`, `event=<name>`,
 * `graphql=<query>` or `graphql={"query":...,"variables":{...}}`, `path=/<path of the service>`, `path.<service>=/<path of another
 * one>`. A client that was here
 * before says how far it got in `Last-Event-ID`, or in `since`.
 */
export function parseChangesRequest(
  query: string,
  lastEventId: string | null,
): Result<ChangesRequest, RequestError> {
  const wanted: Wanted[] = [];
  const problems: ParameterProblem[] = [];
  let since = lastEventId === null || lastEventId === "" ? undefined : lastEventId;
  for (const [parameter, value] of new URLSearchParams(query)) {
    if (parameter === "since") {
      since ??= value;
      continue;
    }
    const parsed = parseWanted(parameter, value);
    if (parsed.ok) wanted.push(parsed.value);
    else problems.push({ parameter, message: parsed.error });
  }
  const position = since === undefined ? ok(undefined) : parsePosition(since);
  if (!position.ok) {
    problems.push({
      parameter: "since",
      message: "a position is an id of an event of this stream",
    });
  }
  if (problems.length > 0 || !position.ok) return err({ code: "parameter-invalid", problems });
  return ok({ wanted, since: position.value });
}

function parseWanted(parameter: string, value: string): Result<Wanted, string> {
  const [kind = "", service] = parameter.split(/\.(.*)/s);
  if (kind === "path" && service !== undefined) return parseOtherPath(service, value);
  switch (parameter) {
    case "rows":
      return parseRows(value);
    case "event":
      return ok({ kind: "event", event: value });
    case "graphql":
      return parseGraphql(value);
    case "path":
      return parsePath(value);
    default:
      return err("there is no such parameter");
  }
}

function parseOtherPath(service: string, value: string): Result<Wanted, string> {
  const name = parseAccountName(service);
  if (!name.ok) return err("this is no account's name");
  const wanted = parsePath(value);
  return wanted.ok ? ok({ ...wanted.value, service: name.value }) : wanted;
}

/** As strict as with a request that a client sends for it. */
function parsePath(value: string): Result<Extract<Wanted, { readonly kind: "path" }>, string> {
  if (!value.startsWith("/")) return err("a path begins with a slash");
  const target = /^[\x21-\x7e]+$/.test(value) ? parseTarget(value) : undefined;
  if (target?.ok !== true) return err("this is no path of a URL");
  return ok({ kind: "path", path: target.value.rawPath + target.value.query });
}

function parseRows(value: string): Result<Wanted, string> {
  if (!value.startsWith("{")) return ok({ kind: "rows", table: value });
  const parsed = rows.safeParse(parseJson(value));
  if (!parsed.success)
    return err('a table, or JSON such as {"table":"notes","where":{"owner":"alice"}}');
  const { table, where } = parsed.data;
  return ok({ kind: "rows", table, ...(where === undefined ? {} : { where }) });
}

/** The short form of a query begins like JSON, and never is any. */
function parseGraphql(value: string): Result<Wanted, string> {
  const json = parseJson(value);
  if (json === undefined) return ok({ kind: "graphql", query: value });
  const parsed = graphql.safeParse(json);
  if (!parsed.success) return err('a query, or JSON such as {"query":"...","variables":{}}');
  const { query, variables } = parsed.data;
  return ok({ kind: "graphql", query, ...(variables === undefined ? {} : { variables }) });
}

function parseJson(text: string): unknown {
  try {
    const json: unknown = JSON.parse(text);
    return json;
  } catch {
    return undefined;
  }
}
