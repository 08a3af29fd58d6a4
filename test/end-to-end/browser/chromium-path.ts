import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";

/** As Debian, its relatives and others name it, the usual one first. */
const programs = ["chromium", "chromium-browser", "chromium-headless-shell", "google-chrome"];
const usualFolders = ["/usr/bin", "/usr/lib/chromium", "/usr/local/bin"];

/** What a person can do when there is none: `bun run test` does it by itself on Debian, as root. */
export const chromiumAdvice =
  "The browser tests need Chromium: install it (Debian: apt-get install chromium), or name its program in CHROMIUM";

/** A Chromium of this machine: what CHROMIUM names, and nothing else when it names something; then PATH and the usual places. */
export function findChromium(environment = process.env): string | undefined {
  const named = environment["CHROMIUM"];
  if (named !== undefined && named !== "") return isProgram(named) ? named : undefined;
  const path = (environment["PATH"] ?? "").split(delimiter).filter((folder) => folder !== "");
  const folders = [...path, ...usualFolders];
  return programs
    .flatMap((program) => folders.map((folder) => join(folder, program)))
    .find(isProgram);
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
