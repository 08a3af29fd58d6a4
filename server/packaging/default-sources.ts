import { existsSync } from "node:fs";
import { join } from "node:path";

import { err, ok, type Result } from "@kith/protocol/result";

import type { AppError } from "./app-error.ts";

/** Where the parts of an account come from; absolute paths. */
export type Sources = {
  /** A TypeScript or JavaScript file, or a `.wasm` module. */
  readonly service: string | undefined;
  /** The folder of a built front-end. */
  readonly frontEnd: string | undefined;
  readonly plugin: string | undefined;
};

/** What an app has that follows the usual layout of a folder. */
export function defaultSources(folder: string): Result<Sources, AppError> {
  const frontEnd = builtFrontEnd(folder);
  if (!frontEnd.ok) return frontEnd;
  const service = firstOf(folder, ["service/index.ts", "service/index.js", "service.ts"]);
  const plugin = firstOf(folder, ["plugin/index.ts", "plugin/index.js"]);
  return ok({ service, frontEnd: frontEnd.value, plugin });
}

/** The result of a build where there is one; `front-end/` itself where it needs none. */
function builtFrontEnd(folder: string): Result<string | undefined, AppError> {
  const built = firstOf(folder, ["front-end/dist/index.html", "dist/index.html"]);
  if (built !== undefined) return ok(join(built, ".."));
  const path = join(folder, "front-end");
  if (!existsSync(path)) return ok(undefined);
  const unbuilt = firstOf(path, ["package.json", "src", "main.ts", "main.tsx", "vite.config.ts"]);
  return unbuilt === undefined ? ok(path) : err({ code: "front-end-not-built", path });
}

function firstOf(folder: string, paths: readonly string[]): string | undefined {
  return paths.map((path) => join(folder, path)).find((path) => existsSync(path));
}
