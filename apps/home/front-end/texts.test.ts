import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";

import { reasonOf, reasons } from "./texts.ts";

const root = join(import.meta.dirname, "../../..");

/** What gives codes: services, plugins, the supervisor, and chains that execute transactions. */
const givers = [
  "apps/accounts",
  "apps/auth-keys",
  "apps/invite",
  "apps/sdk/plugins",
  "apps/supervisor/core",
  "apps/supervisor/machine",
  "plugins",
  "server/chain",
];

test("every code that the pages explain is one that something gives", () => {
  const unknown = new Set(Object.keys(reasons));
  for (const folder of givers) {
    const paths: readonly string[] = readdirSync(join(root, folder), {
      recursive: true,
      encoding: "utf8",
    });
    for (const path of paths.filter(isSource)) {
      const source: string = readFileSync(join(root, folder, path), "utf8");
      for (const code of unknown) if (source.includes(`"${code}"`)) unknown.delete(code);
    }
  }
  assert.deepEqual([...unknown], []);
  assert.notEqual(reasonOf("key-too-young"), reasonOf("no such code"));
});

function isSource(path: string): boolean {
  return path.endsWith(".ts") && !path.endsWith(".test.ts") && !path.includes("node_modules");
}
