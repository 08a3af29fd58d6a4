import { readFile } from "node:fs/promises";
import { dirname, extname, resolve } from "node:path";

import type { Loader, Location, OnLoadResult, PartialMessage, Plugin } from "esbuild";

import { isBuildFailure } from "./bundler-options.ts";

/** `new URL("./worker.ts", import.meta.url)`: a program of its own, wherever its address is used. */
const programPattern =
  /new\s+URL\(\s*(["'])(\.{1,2}\/[^"'\n]+\.(?:[mc]?ts|tsx|jsx))\1\s*,\s*import\.meta\.url\s*,?\s*\)/g;

/** In a `.js` file only a worker is surely meant as a program: other addresses may name files to be read. */
const workerPattern =
  /(?<=new\s+(?:Shared)?Worker\(\s*)new\s+URL\(\s*(["'])(\.{1,2}\/[^"'\n]+\.m?js)\1\s*,\s*import\.meta\.url\s*,?\s*\)/g;

const loaders: Readonly<Record<string, Loader>> = {
  ".tsx": "tsx",
  ".jsx": "jsx",
  ".js": "js",
  ".mjs": "js",
};

/** Builds a program, and gives the path at which it will be on the site. */
export type BuildWorker = (file: string) => Promise<string>;

/** Programs that a module starts by address are built, and the address becomes that of the result. */
export function workerPlugin(buildWorker: BuildWorker): Plugin {
  return {
    name: "workers",
    setup(build) {
      build.onLoad({ filter: /\.(?:[mc]?[jt]s|[jt]sx)$/ }, async ({ path }) => {
        const source = await readFile(path, "utf8");
        if (!source.includes("import.meta.url")) return undefined;
        return await withPrograms(path, source, buildWorker);
      });
    },
  };
}

async function withPrograms(
  path: string,
  source: string,
  buildWorker: BuildWorker,
): Promise<OnLoadResult | undefined> {
  const found = [...source.matchAll(programPattern), ...source.matchAll(workerPattern)];
  if (found.length === 0) return undefined;
  let contents = source;
  for (const match of found.toSorted((a, b) => b.index - a.index)) {
    const [whole, , target = ""] = match;
    try {
      const address = await buildWorker(resolve(dirname(path), target));
      const before = contents.slice(0, match.index);
      const behind = contents.slice(match.index + whole.length);
      contents = `${before}new URL(${JSON.stringify(address)}, import.meta.url)${behind}`;
    } catch (fault) {
      return { errors: failuresOf(fault, placeIn(path, source, match.index)) };
    }
  }
  return { contents, loader: loaders[extname(path)] ?? "ts" };
}

/** Faults inside of the program have places of their own. */
function failuresOf(fault: unknown, location: Partial<Location>): PartialMessage[] {
  if (isBuildFailure(fault)) return [...fault.errors];
  if (fault instanceof Error) return [{ text: fault.message, location }];
  throw fault;
}

function placeIn(file: string, source: string, index: number): Partial<Location> {
  const lines = source.slice(0, index).split("\n");
  const lineText = source.split("\n")[lines.length - 1] ?? "";
  return { file, line: lines.length, column: lines.at(-1)?.length ?? 0, lineText };
}
