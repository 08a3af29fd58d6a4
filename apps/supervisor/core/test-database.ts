// oxlint-disable-next-line no-unassigned-import -- it puts what browsers have in its places
import "fake-indexeddb/auto";
import { openDatabase, type Database } from "./database.ts";

/** A database in memory with all that a browser's has: one for each test. */
export function testDatabase(): Promise<Database> {
  globalThis.indexedDB = new IDBFactory();
  return openDatabase();
}
