import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** An empty folder for one test, gone when the tests end. */
export function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "kith-node-"));
  process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
