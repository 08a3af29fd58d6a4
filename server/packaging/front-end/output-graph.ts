import { join } from "node:path";

import type { BuildResult, Metafile } from "esbuild";

import { outFolder } from "./bundler-options.ts";
import type { Output } from "./name-outputs.ts";

/** What the bundler made, by its paths on the site. */
export type OutputGraph = {
  readonly outputs: readonly Output[];
  readonly facts: ReadonlyMap<string, OutputFacts>;
  /** Files that outputs are made of. */
  readonly inputs: readonly string[];
};

type OutputFacts = {
  /** The source that this is the result of. */
  readonly entryPoint: string | undefined;
  /** The styles of an entry, and of what it loads later. */
  readonly style: string | undefined;
  readonly imports: readonly string[];
  readonly exports: readonly string[];
};

type Built = BuildResult<{ readonly write: false; readonly metafile: true }>;

export function outputGraph(folder: string, { outputFiles, metafile }: Built): OutputGraph {
  const told = new Map(
    Object.entries(metafile.outputs).map(([path, facts]) => [
      sitePath(path),
      factsOf(folder, facts),
    ]),
  );
  const outputs = outputFiles.map(({ path, contents }) => ({
    path: sitePath(path.slice(folder.length + 1)),
    content: contents,
  }));
  const inputs = Object.keys(metafile.inputs).map((path) => join(folder, path));
  return { outputs: outputs.toSorted((a, b) => (a.path < b.path ? -1 : 1)), facts: told, inputs };
}

function factsOf(folder: string, facts: Metafile["outputs"][string]): OutputFacts {
  const { entryPoint, cssBundle, imports, exports } = facts;
  return {
    entryPoint: entryPoint === undefined ? undefined : join(folder, entryPoint),
    style: cssBundle === undefined ? undefined : sitePath(cssBundle),
    imports: imports
      .filter(({ kind, external }) => kind === "import-statement" && external !== true)
      .map(({ path }) => sitePath(path)),
    exports,
  };
}

/** Told relative to the folder: `built/assets/main-4TIZDJ6B.js`. */
function sitePath(path: string): string {
  return path.replaceAll("\\", "/").slice(outFolder.length);
}

/** What a script needs before it can start, without itself. */
export function neededBy(path: string, facts: OutputGraph["facts"]): readonly string[] {
  const found = new Set([path]);
  for (const at of found) for (const next of facts.get(at)?.imports ?? []) found.add(next);
  return [...found].slice(1);
}
