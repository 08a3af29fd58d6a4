import { GraphQLError } from "graphql";

/** Why a request got no data, in `extensions.code` of a GraphQL error or as `code` of a plain one. */
export type GraphqlErrorCode =
  /** What is no GraphQL request. */
  | "method-not-allowed"
  | "content-type-unsupported"
  | "type-not-acceptable"
  | "request-too-large"
  | "request-malformed"
  | "schema-unusable"
  /** What is no valid query of this schema. */
  | "query-too-long"
  | "too-many-tokens"
  | "syntax-wrong"
  | "query-invalid"
  | "operation-unknown"
  | "variables-invalid"
  /** What is too much. */
  | "fragment-cycle"
  | "query-too-deep"
  | "too-many-aliases"
  | "too-many-fields"
  | "introspection-too-broad"
  | "query-too-costly"
  | "page-too-large"
  | "answer-too-large"
  /** Arguments that do not go together, or are no value of their type. */
  | "page-size-invalid"
  | "first-and-last"
  | "cursor-invalid"
  | "range-invalid"
  | "value-invalid"
  /** Events that lie before what this node keeps. */
  | "events-not-kept"
  | "event-index-unknown";

export function graphqlError(code: GraphqlErrorCode, message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { code } });
}

/** The same error with its code, for those that the library makes. */
export function withCode(error: GraphQLError, code: GraphqlErrorCode): GraphQLError {
  if (error.extensions["code"] !== undefined) return error;
  const { nodes, source, positions, path, originalError } = error;
  const extensions = { ...error.extensions, code };
  return new GraphQLError(error.message, {
    nodes,
    source,
    positions,
    path,
    originalError,
    extensions,
  });
}
