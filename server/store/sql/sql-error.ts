/** Why a statement of a service gave no rows. */
export type SqlError =
  | { readonly code: "sql-too-long"; readonly charsMax: number }
  | { readonly code: "sql-malformed"; readonly why: string }
  /** It is no single SELECT. */
  | { readonly code: "sql-not-a-query" }
  /** A table of somebody else, a function, or something else that queries may not use. */
  | { readonly code: "sql-not-allowed"; readonly what: string }
  | { readonly code: "sql-parameters-malformed" }
  | { readonly code: "sql-parameters-wrong"; readonly expected: number; readonly given: number }
  | { readonly code: "sql-too-many-columns"; readonly columnsMax: number }
  | { readonly code: "sql-result-too-large"; readonly rowsMax: number; readonly bytesMax: number }
  /** It went wrong while it ran. */
  | { readonly code: "sql-failed"; readonly why: string };

export function sqlMessageOf(error: SqlError): string {
  switch (error.code) {
    case "sql-too-long":
      return `a statement has at most ${error.charsMax} characters`;
    case "sql-malformed":
      return `the statement cannot be read: ${error.why}`;
    case "sql-not-a-query":
      return "only one SELECT at a time is run";
    case "sql-not-allowed":
      return `queries may not use ${error.what}`;
    case "sql-parameters-malformed":
      return "parameters are a JSON array of numbers, texts, booleans and nulls";
    case "sql-parameters-wrong":
      return `the statement has ${error.expected} parameters, and ${error.given} are given`;
    case "sql-too-many-columns":
      return `a result has at most ${error.columnsMax} columns`;
    case "sql-result-too-large":
      return `a result has at most ${error.rowsMax} rows and ${error.bytesMax} bytes; use LIMIT`;
    case "sql-failed":
      return `the statement failed: ${error.why}`;
  }
}
