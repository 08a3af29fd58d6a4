import { cpSync, existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Where a node keeps what it made of services' code: the same on all of them, checked as it is read, and made anew when it is lost. */
const folderName = "prepared";

let kept: string | undefined;
process.on("exit", () => {
  if (kept !== undefined) rmSync(kept, { recursive: true, force: true });
});

/** The first node that is started prepares the system's services, which takes seconds; those of later networks are given that. */
export function keepPrepared(dataFolder: string): void {
  const own = join(dataFolder, folderName);
  if (kept !== undefined || !existsSync(own)) return;
  kept = mkdtempSync(join(tmpdir(), "kith-prepared-"));
  // What is still being written is renamed when it is whole.
  cpSync(own, kept, { recursive: true, filter: (path) => !path.endsWith(".draft") });
}

export function givePrepared(dataFolder: string): void {
  if (kept !== undefined) cpSync(kept, join(dataFolder, folderName), { recursive: true });
}
