import { defineConfig } from "drizzle-kit";

/**
 * Migrations are generated with `KITH_DATABASE=log bunx drizzle-kit generate` for log.db, and with `state` and `events`
 * for the other files, committed, and applied when a node opens the file.
 */
const databases = ["log", "state", "events"];
const database = databases.find((name) => name === process.env["KITH_DATABASE"]) ?? "log";

export default defineConfig({
  dialect: "sqlite",
  schema: `./server/store/schema/${database}.ts`,
  out: `./server/store/migrations/${database}`,
});
