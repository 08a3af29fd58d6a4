import type { FinalView } from "@kith/chain/ports";
import { err, ok, type Result } from "@kith/protocol/result";
import {
  executeSync,
  getOperationAST,
  getVariableValues,
  GraphQLError,
  parse,
  specifiedRules,
  validate,
  type DocumentNode,
} from "graphql";

import { graphqlError, withCode, type GraphqlErrorCode } from "./errors.ts";
import { answerBytesMax, queryCharsMax, queryTokensMax, validationErrorsMax } from "./limits.ts";
import { checkCost } from "./query-cost.ts";
import { checkShape, fragmentsOf } from "./query-limits.ts";
import { Budget, type RunContext } from "./run-context.ts";
import type { ServiceGraphql } from "./service-schema.ts";

export type GraphqlRequest = {
  readonly query: string;
  readonly operationName: string | undefined;
  readonly variables: Readonly<Record<string, unknown>>;
};

/** What the answer's body is made of. `ran` is false for a request that was refused before anything was read. */
export type GraphqlOutcome = { readonly ran: boolean; readonly body: string };

/** Runs one query to its end. What is wrong with it becomes its answer; faults of this program are thrown. */
export function runQuery(
  graphql: ServiceGraphql,
  view: FinalView,
  request: GraphqlRequest,
): GraphqlOutcome {
  try {
    return execute(graphql, view, prepare(graphql, request));
  } catch (thrown) {
    if (thrown instanceof GraphQLError) return refused([thrown]);
    if (thrown instanceof Refusals) return refused(thrown.errors);
    throw thrown;
  }
}

/** Why a query would not run, without running it. */
export type RequestRefusal = { readonly code: string; readonly message: string };

/** The cost of a query that could run. */
export function checkQuery(
  graphql: ServiceGraphql,
  request: GraphqlRequest,
): Result<number, RequestRefusal> {
  try {
    return ok(prepare(graphql, request).cost);
  } catch (thrown) {
    const first = thrown instanceof Refusals ? thrown.errors[0] : thrown;
    if (!(first instanceof GraphQLError)) throw thrown;
    return err({ code: String(first.extensions["code"]), message: first.message });
  }
}

/** Several errors that keep a query from running. */
class Refusals extends Error {
  readonly errors: readonly GraphQLError[];
  constructor(errors: readonly GraphQLError[], code: GraphqlErrorCode) {
    super(code);
    this.errors = errors.map((error) => withCode(error, code));
  }
}

type Prepared = {
  readonly document: DocumentNode;
  readonly cost: number;
  readonly request: GraphqlRequest;
};

/** Everything that can be refused before anything is read, cheap checks first. */
function prepare(graphql: ServiceGraphql, request: GraphqlRequest): Prepared {
  const { schema, connections, documents } = graphql;
  const document = documents.get(request.query) ?? validDocument(graphql, request.query);
  const operation = getOperationAST(document, request.operationName);
  if (operation === null || operation === undefined) {
    throw graphqlError(
      "operation-unknown",
      "`operationName` has to name one of the operations, where there is more than one",
    );
  }
  const { variableValues, errors } = getVariableValues(
    schema,
    operation.variableDefinitions ?? [],
    request.variables,
    { maxErrors: validationErrorsMax },
  );
  if (errors !== undefined) throw new Refusals(errors, "variables-invalid");
  const variables = variableValues.coerced;
  const facts = { fragments: fragmentsOf(document), connections, variables };
  return { document, cost: checkCost(facts, operation), request };
}

function validDocument(
  { schema, documents, fieldCount }: ServiceGraphql,
  query: string,
): DocumentNode {
  const document = parseQuery(query);
  checkShape(document, fieldCount);
  const faults = validate(schema, document, specifiedRules, { maxErrors: validationErrorsMax });
  if (faults.length > 0) throw new Refusals(faults, "query-invalid");
  documents.put(query, document);
  return document;
}

function parseQuery(query: string): DocumentNode {
  if (query.length > queryCharsMax) {
    throw graphqlError("query-too-long", `a query may have ${queryCharsMax} characters`);
  }
  try {
    return parse(query, { maxTokens: queryTokensMax, maxComments: queryTokensMax });
  } catch (thrown) {
    if (!(thrown instanceof GraphQLError)) throw thrown;
    // The parser tells this one only by its text.
    const isTooMuch = /contains more than \d+ (tokens|comments)/.test(thrown.message);
    throw withCode(thrown, isTooMuch ? "too-many-tokens" : "syntax-wrong");
  }
}

function execute(
  { schema }: ServiceGraphql,
  view: FinalView,
  { document, request }: Prepared,
): GraphqlOutcome {
  const context: RunContext = { view, budget: new Budget() };
  const result = executeSync({
    schema,
    document,
    contextValue: context,
    variableValues: request.variables,
    operationName: request.operationName ?? null,
  });
  for (const { originalError } of result.errors ?? []) {
    // A broken row or a broken disk is nothing that whoever asks should be told as an error of the query.
    if (originalError !== undefined && !(originalError instanceof GraphQLError))
      throw originalError;
  }
  if (context.budget.isSpent) return refused(result.errors?.slice(0, 1) ?? []);
  const errors = result.errors?.slice(0, validationErrorsMax);
  const body = JSON.stringify({ ...(errors === undefined ? {} : { errors }), data: result.data });
  if (body.length <= answerBytesMax) return { ran: true, body };
  return refused([graphqlError("answer-too-large", `an answer may have ${answerBytesMax} bytes`)]);
}

function refused(errors: readonly GraphQLError[]): GraphqlOutcome {
  return { ran: false, body: JSON.stringify({ errors }) };
}
