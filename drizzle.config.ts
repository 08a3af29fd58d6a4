import { defineConfig } from "drizzle-kit";

/**
 * Migrations are generated with `bunx drizzle-kit generate` for log.db and `KITH_DATABASE=state bunx drizzle-kit
 * generate` for state.db, committed, and applied when a node opens the file.
 */
const database = process.env["KITH_DATABASE"] === "state" ? "state" : "log";

export default defineConfig({
  dialect: "sqlite",
  schema: `./server/store/schema/${database}.ts`,
  out: `./server/store/migrations/${database}`,
});
