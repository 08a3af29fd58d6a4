import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const root = join(import.meta.dirname, "../../..");

/** What the project's formatter makes of generated code, for the tests. */
export function formatted(code: string): string {
  const folder = mkdtempSync(join(tmpdir(), "kith-client-"));
  try {
    const file = join(folder, "client.ts");
    writeFileSync(file, code);
    const options = ["-c", join(root, ".oxfmtrc.jsonc"), file];
    const done = spawnSync(join(root, "node_modules/.bin/oxfmt"), options, { encoding: "utf8" });
    assert.equal(done.status, 0, done.stderr);
    return readFileSync(file, "utf8");
  } finally {
    rmSync(folder, { recursive: true });
  }
}
