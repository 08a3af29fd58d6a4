import { join } from "node:path";

import { build, type Plugin } from "esbuild";

import { browserOptions, isBuildFailure } from "./bundler-options.ts";
import { collectCandidates } from "./candidates.ts";
import type { FrontEnd } from "./front-end.ts";
import { nameOutputs, type Output } from "./name-outputs.ts";
import { neededBy, outputGraph, type OutputGraph } from "./output-graph.ts";
import { resolvePlugin } from "./resolve-plugin.ts";
import type { BuiltReference } from "./rewrite-page.ts";
import { stylePlugin } from "./style-plugin.ts";
import { WorkerPrograms } from "./worker-programs.ts";

/** What became of the sources that pages load. */
export type BundledSources = {
  /** By the source's path on the site. */
  readonly references: ReadonlyMap<string, BuiltReference>;
  readonly outputs: readonly Output[];
  /** Files that are in there. */
  readonly inputs: ReadonlySet<string>;
  /** For what else is built of the same sources. */
  readonly plugins: readonly Plugin[];
  /** Grows by what that starts. */
  readonly workers: WorkerPrograms;
};

/** All pages' sources are bundled together, so that what two of them share is there once. */
export async function bundleSources(frontEnd: FrontEnd): Promise<BundledSources> {
  const { folder, sources } = frontEnd;
  // In their order, whatever pages name them first.
  const entryPoints = sources.map((path) => join(folder, path));
  let candidates: Promise<readonly string[]> | undefined;
  const findCandidates = (): Promise<readonly string[]> =>
    (candidates ??= candidatesOf(frontEnd, entryPoints));
  const inlined = new Set<string>();
  const shared = [resolvePlugin(folder), stylePlugin(findCandidates, inlined)];
  const workers = new WorkerPrograms(folder, shared);
  const plugins = [...shared, workers.plugin()];
  const built = await build({
    ...browserOptions(folder),
    entryPoints,
    format: "esm",
    splitting: true,
    plugins,
  });
  const graph = outputGraph(folder, built);
  const entries = new Map(
    [...graph.facts].flatMap(([path, facts]) =>
      facts.entryPoint !== undefined && entryPoints.includes(facts.entryPoint)
        ? [[facts.entryPoint, { ...facts, path }] as const]
        : [],
    ),
  );
  const styles = new Set([...entries.values()].flatMap(({ path, style }) => [path, style ?? path]));
  // Styles of what is loaded later are in those of the entry.
  const used = graph.outputs.filter(({ path }) => !path.endsWith(".css") || styles.has(path));
  const named = nameOutputs(used);
  const references = new Map(
    [...entries].map(([file, entry]) => [
      file.slice(folder.length),
      referenceOf(entry, graph, named),
    ]),
  );
  return {
    references,
    outputs: [...named.values()],
    inputs: new Set([...graph.inputs, ...workers.inputs, ...inlined]),
    plugins,
    workers,
  };
}

function referenceOf(
  { path, style }: { readonly path: string; readonly style: string | undefined },
  { facts }: OutputGraph,
  named: ReadonlyMap<string, Output>,
): BuiltReference {
  const nameOf = (old: string): string => named.get(old)?.path ?? old;
  return {
    path: nameOf(path),
    style: style === undefined ? undefined : nameOf(style),
    needed: neededBy(path, facts).map(nameOf),
  };
}

/** Also those that are imported as objects, for which there is no loader to be named. */
const noStyles: Plugin = {
  name: "no-styles",
  setup(plugin) {
    plugin.onLoad({ filter: /\.css$/ }, () => ({ contents: "", loader: "empty" }));
  },
};

/** Where sources are wrong there are no classes to be found; the bundler is about to say so itself. */
async function candidatesOf(
  { folder, pages }: FrontEnd,
  entryPoints: readonly string[],
): Promise<readonly string[]> {
  const options = browserOptions(folder);
  try {
    return await collectCandidates(
      {
        ...options,
        entryPoints: [...entryPoints],
        format: "esm",
        splitting: true,
        plugins: [resolvePlugin(folder), noStyles],
      },
      folder,
      pages,
    );
  } catch (fault) {
    if (isBuildFailure(fault)) return [];
    throw fault;
  }
}
