import { liveQueryCost } from "@kith/graphql/live-query-cost";
import {
  encodeKeyPrefix,
  serviceModel,
  type EventModel,
  type IndexModel,
  type ServiceModel,
  type TableModel,
} from "@kith/graphql/table-model";
import type { HttpRequest } from "@kith/protocol/http-message";
import type { AccountName } from "@kith/protocol/ids";
import { err, ok, type Result } from "@kith/protocol/result";
import type { ServiceDefinition } from "@kith/protocol/service-abi";

import { interestsMax, liveQueriesOfStreamMax, liveQueryCostMax } from "./limits.ts";

/** What a listener names. */
export type Wanted =
  /** Rows of a table, or those of them that have these values in the first fields of an index. */
  | {
      readonly kind: "rows";
      readonly table: string;
      readonly where?: Readonly<Record<string, unknown>>;
    }
  | { readonly kind: "event"; readonly event: string }
  | { readonly kind: "graphql"; readonly query: string; readonly variables?: unknown }
  /** A path with its query: of the service that is listened to, or of another one. */
  | { readonly kind: "path"; readonly path: string; readonly service?: AccountName };

export type Interest =
  | {
      readonly kind: "rows";
      readonly table: TableModel;
      readonly index: IndexModel;
      readonly prefix: Uint8Array;
    }
  | { readonly kind: "event"; readonly event: EventModel }
  | ({ readonly kind: "live" } & LiveQuestion);

/** `of` is the place among what was named. */
export type InterestError =
  | { readonly code: "service-unknown"; readonly service: string }
  | { readonly code: "interests-missing" }
  | { readonly code: "interests-too-many"; readonly max: number }
  | { readonly code: "live-queries-too-many"; readonly max: number }
  | { readonly code: "interest-table-unknown"; readonly of: number; readonly table: string }
  | {
      readonly code: "interest-not-indexed";
      readonly of: number;
      readonly fields: readonly string[];
    }
  | { readonly code: "interest-value-invalid"; readonly of: number; readonly field: string }
  | { readonly code: "interest-event-unknown"; readonly of: number; readonly event: string }
  | {
      readonly code: "live-query-invalid";
      readonly of: number;
      readonly why: string;
      readonly text: string;
    }
  | { readonly code: "live-query-too-costly"; readonly of: number; readonly max: number }
  | { readonly code: "service-unusable"; readonly reason: string };

/**
 * With the account in whose name it is asked, where there is one: others do not share its answers. `service` where it is not the
 * one that is listened to.
 */
export type LiveQuestion = {
  readonly request: HttpRequest;
  readonly user?: AccountName;
  readonly service?: AccountName;
};

const graphqlPath = "/graphql";

type Host = {
  readonly host: string;
  readonly rootHost: string;
  readonly user?: AccountName | undefined;
};

/** Resolves what was named against what is installed. */
export function resolveInterests(
  definition: ServiceDefinition,
  wanted: readonly Wanted[],
  host: Host,
): Result<readonly Interest[], InterestError> {
  if (wanted.length === 0) return err({ code: "interests-missing" });
  if (wanted.length > interestsMax) return err({ code: "interests-too-many", max: interestsMax });
  const live = wanted.filter(({ kind }) => kind === "graphql" || kind === "path");
  if (live.length > liveQueriesOfStreamMax) {
    return err({ code: "live-queries-too-many", max: liveQueriesOfStreamMax });
  }
  const model = serviceModel(definition);
  if (!model.ok) return err({ code: "service-unusable", reason: model.error.code });
  const interests: Interest[] = [];
  for (const [of, each] of wanted.entries()) {
    const interest = resolve(each, of, { definition, model: model.value, host });
    if (!interest.ok) return interest;
    interests.push(interest.value);
  }
  return ok(interests);
}

type Facts = {
  readonly definition: ServiceDefinition;
  readonly model: ServiceModel;
  readonly host: Host;
};

function resolve(wanted: Wanted, of: number, facts: Facts): Result<Interest, InterestError> {
  switch (wanted.kind) {
    case "rows":
      return rowsInterest(facts.model, of, wanted);
    case "event": {
      const event = facts.model.events.find(({ name }) => name === wanted.event);
      if (event === undefined)
        return err({ code: "interest-event-unknown", of, event: wanted.event });
      return ok({ kind: "event", event });
    }
    case "graphql":
      return graphqlInterest(facts, of, wanted);
    case "path":
      return pathInterest(facts, of, wanted);
  }
}

function rowsInterest(
  { tables }: ServiceModel,
  of: number,
  { table: name, where = {} }: Extract<Wanted, { readonly kind: "rows" }>,
): Result<Interest, InterestError> {
  const table = tables.find((each) => each.name === name);
  if (table === undefined) return err({ code: "interest-table-unknown", of, table: name });
  const fields = Object.keys(where);
  const index = table.indexes.find((each) => {
    const first = each.fields.slice(0, fields.length).map((field) => field.name);
    return first.length === fields.length && first.every((field) => Object.hasOwn(where, field));
  });
  if (index === undefined) return err({ code: "interest-not-indexed", of, fields });
  const values = index.fields.slice(0, fields.length).map((field) => where[field.name]);
  const prefix = encodeKeyPrefix(index, values);
  if (!prefix.ok) return err({ code: "interest-value-invalid", of, field: prefix.error.field });
  return ok({ kind: "rows", table, index, prefix: prefix.value });
}

/** Queries come by their own name, so that their cost is known. Who listens is proved to this service, and to no other one. */
function pathInterest(
  { definition, host }: Facts,
  of: number,
  { path, service }: Extract<Wanted, { readonly kind: "path" }>,
): Result<Interest, InterestError> {
  const isOther = service !== undefined && service !== definition.name;
  const { rootHost, user } = host;
  const request = requestFor(isOther ? { host: `${service}.${rootHost}`, rootHost } : host, path);
  if (request.path !== graphqlPath) {
    if (isOther) return ok({ kind: "live", request, service });
    return ok({ kind: "live", request, ...(user === undefined ? {} : { user }) });
  }
  const text = "queries are named by `graphql`";
  return err({ code: "live-query-invalid", of, why: "graphql-by-path", text });
}

/** As a GET, so that it is the same question as that of others who ask it once. */
function graphqlInterest(
  { definition, host }: Facts,
  of: number,
  { query, variables }: Extract<Wanted, { readonly kind: "graphql" }>,
): Result<Interest, InterestError> {
  const cost = liveQueryCost(definition, { query, variables });
  if (!cost.ok) {
    return err({ code: "live-query-invalid", of, why: cost.error.code, text: cost.error.message });
  }
  if (cost.value > liveQueryCostMax) {
    return err({ code: "live-query-too-costly", of, max: liveQueryCostMax });
  }
  const parameters = [`query=${encodeURIComponent(query)}`];
  if (variables !== undefined) {
    parameters.push(`variables=${encodeURIComponent(JSON.stringify(variables))}`);
  }
  return ok({ kind: "live", request: requestFor(host, `${graphqlPath}?${parameters.join("&")}`) });
}

function requestFor({ host, rootHost }: Host, target: string): HttpRequest {
  const mark = target.indexOf("?");
  return {
    method: "GET",
    host,
    rootHost,
    path: mark < 0 ? target : target.slice(0, mark),
    query: mark < 0 ? "" : target.slice(mark + 1),
    headers: [{ name: "accept", value: "application/json" }],
    body: new Uint8Array(),
  };
}
