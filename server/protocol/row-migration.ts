import { bytes, list, object, option, u32, type Codec } from "./fracpack.ts";
import type { MethodName } from "./ids.ts";
import { methodNameConstant } from "./names.ts";

/**
 * How the node has stored rows converted when a new version of a service is installed: it calls an action that the
 * SDK adds to every service with migrations, with a portion of the rows, and writes what comes back.
 */
export const migrateRowsName = "migrateRows";
export const migrateRowsMethod: MethodName = methodNameConstant(migrateRowsName);

export type MigrateRows = {
  /** The number of a migration in the schema of the new version. */
  readonly migration: number;
  /** As they are stored. */
  readonly rows: readonly Uint8Array[];
};
export const migrateRowsCodec: Codec<MigrateRows> = object({ migration: u32, rows: list(bytes) });

/** One for each row, in their order; undefined for those that go. */
export type MigratedRows = readonly (Uint8Array | undefined)[];
export const migratedRowsCodec: Codec<MigratedRows> = list(option(bytes));
