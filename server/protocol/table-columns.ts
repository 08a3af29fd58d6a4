import type { AnyType, SchemaTypes } from "./schema-types.ts";

/** What SQL shows of a service's table, and what its keys are made of: the chain says it, from the service's schema. */
export type TableColumns = {
  readonly name: string;
  /** The fields of the row type, in its order. */
  readonly columns: readonly Column[];
  /** Fields by their place in `columns`; the first is the primary key, the others are the declared indexes. */
  readonly keys: readonly (readonly number[])[];
  /** The named types that `packed` columns refer to. */
  readonly types: SchemaTypes;
};

export type Column = {
  readonly name: string;
  readonly type: ColumnType;
  /** The field may have no value; at the end of a row it is left out then. */
  readonly optional: boolean;
};

export type ColumnType =
  | { readonly kind: "integer"; readonly sizeBytes: number; readonly isSigned: boolean }
  | { readonly kind: "account" }
  | { readonly kind: "float"; readonly sizeBytes: number }
  | { readonly kind: "text" }
  | { readonly kind: "bytes"; readonly sizeBytes?: number }
  /** Everything else: without `sizeBytes` it is pointed to, with a `type` SQL also gets it as JSON. */
  | { readonly kind: "packed"; readonly sizeBytes?: number; readonly type?: AnyType };

/** One table of a service by its number. */
export type NumberedTable = { readonly number: number; readonly columns: TableColumns };

/** All tables of the code that is installed on a service. */
export type TableDeclaration = {
  /** Of the code and of how columns are made from its schema: changes whenever the tables may have changed. */
  readonly revision: string;
  readonly tables: readonly NumberedTable[];
};
