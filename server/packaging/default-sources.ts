import { existsSync } from "node:fs";
import { join } from "node:path";

/** Where the parts of an account come from; absolute paths. */
export type Sources = {
  /** A TypeScript or JavaScript file, or a `.wasm` module. */
  readonly service: string | undefined;
  /** The folder of a front-end, built or to be built. */
  readonly frontEnd: string | undefined;
  readonly plugin: string | undefined;
};

/** What an app has that follows the usual layout of a folder. */
export function defaultSources(folder: string): Sources {
  const service = firstOf(folder, ["service/index.ts", "service/index.js", "service.ts"]);
  const plugin = firstOf(folder, ["plugin/index.ts", "plugin/index.js"]);
  return { service, frontEnd: frontEndOf(folder), plugin };
}

/** The result of another tool's build where there is one; else the sources, which are built with the package. */
function frontEndOf(folder: string): string | undefined {
  const built = firstOf(folder, ["front-end/dist/index.html", "dist/index.html"]);
  return built === undefined ? firstOf(folder, ["front-end"]) : join(built, "..");
}

function firstOf(folder: string, paths: readonly string[]): string | undefined {
  return paths.map((path) => join(folder, path)).find((path) => existsSync(path));
}
