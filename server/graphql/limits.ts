/** What one GraphQL request may ask for, checked before it runs unless said otherwise. */

/** The text of a query. */
export const queryCharsMax: number = 16 * 1024;
/** The body of a request: the query, its variables, and what clients add. */
export const requestBytesMax: number = 64 * 1024;
export const queryTokensMax: number = 2000;
/** Fields within fields; introspection has a rule of its own in the library. */
export const queryDepthMax: number = 16;
/** Fields under another name than their own, with fragments spread out. */
export const queryAliasesMax: number = 50;
/** Fields with fragments spread out. */
export const querySelectionsMax: number = 2000;
/** Fields below `__schema` and `__type`, times the fields that the schema has. */
export const introspectionCostMax: number = 1_000_000;
/** Rows that are asked for, times the fields that are asked of each. */
export const queryCostMax: number = 20_000;
/** Rows or events of one page. */
export const pageRowsMax: number = 200;
export const pageRowsDefault: number = 25;
/** Texts of valid queries of one service whose parsed form is kept; that takes some 50 times the text. */
export const documentCharsKept: number = 32 * 1024;
/** Told of one query that is not valid. */
export const validationErrorsMax: number = 10;

/** What rows are read and what is made of them, counted while it runs; and then the answer itself. */
export const answerBytesMax: number = 4 * 1024 * 1024;
/** Rows are read in portions, so that large ones stop a page before they fill the memory. */
export const portionRowsMax: number = 32;

/** GraphQL types and fields of one service: schemas beyond that have no GraphQL. */
export const schemaTypesMax: number = 2000;
export const schemaFieldsMax: number = 20_000;
