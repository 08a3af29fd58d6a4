import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";

/** The app that the SDK's README makes with new authors. */

export const repository: string = resolve(import.meta.dirname, "../..");

/** The README's blocks that have a file's name beside their language. */
export const guideFiles: ReadonlyMap<string, string> = new Map(
  [
    ...readFileSync(join(repository, "apps/sdk/README.md"), "utf8").matchAll(
      /```\w+ (\S+)\n([\s\S]*?)```/g,
    ),
  ].map(([, name = "", body = ""]) => [name, body]),
);

/** Writes its files as an author would. What stands there as `client` is another program's. */
export function writeGuideApp(folder: string): void {
  for (const [name, text] of guideFiles) {
    if (name === "client") continue;
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
}
