import { existsSync } from "node:fs";
import { join } from "node:path";

import { equalBytes } from "@kith/protocol/hashes";
import { err, ok, type Result } from "@kith/protocol/result";
import { packText } from "@kith/protocol/texts";

import { buildEntry } from "./build-program.ts";
import { bundleSources, type BundledSources } from "./bundle-sources.ts";
import { bundlerMessages } from "./bundler-options.ts";
import { filesPlugin } from "./files-plugin.ts";
import type { FrontEndError } from "./front-end-error.ts";
import { isBuildFile, readFrontEnd, type FrontEnd } from "./front-end.ts";
import { nameOutputs, type Output } from "./name-outputs.ts";
import { rewritePage } from "./rewrite-page.ts";
import { builtPath } from "./source-paths.ts";

export type FrontEndInput = {
  readonly folder: string;
  /** Sources that no page loads, relative to the folder; they keep their names. */
  readonly entries: readonly string[];
  /** Files of the site that are made elsewhere, for `kith:files`. */
  readonly besides?: readonly Output[];
};

/**
 * The files of a site, made of a front-end's folder. Where pages load TypeScript, JSX or Tailwind, these are bundled and
 * get names by their content; everything else is as it was. The same sources give the same bytes.
 */
export async function buildFrontEnd({
  folder,
  entries,
  besides = [],
}: FrontEndInput): Promise<Result<readonly Output[], FrontEndError>> {
  const read = await readFrontEnd(folder);
  if (!read.ok) return read;
  const missing = entries.find((entry) => !existsSync(join(folder, entry)));
  if (missing !== undefined) return err({ code: "source-missing", path: join(folder, missing) });
  const isPlain = read.value.sources.length === 0 && entries.length === 0;
  if ((isPlain ? otherSources : otherTools).some((name) => existsSync(join(folder, name)))) {
    return err({ code: "front-end-not-built", path: folder });
  }
  if (isPlain) return ok(read.value.files);
  try {
    return await buildSources(read.value, { entries, besides });
  } catch (fault) {
    const messages = await bundlerMessages(fault);
    if (messages === undefined) throw fault;
    return err({ code: "bundle-failed", entry: folder, messages });
  }
}

const otherTools = ["vite.config.ts", "vite.config.js", "vite.config.mts", "vite.config.mjs"];

/** No page loads them: they are for a tool that makes the pages, too. */
const otherSources = [...otherTools, "package.json", "src", "main.ts", "main.tsx"];

async function buildSources(
  frontEnd: FrontEnd,
  { entries, besides }: Required<Omit<FrontEndInput, "folder">>,
): Promise<Result<readonly Output[], FrontEndError>> {
  const bundled = await bundleSources(frontEnd);
  const { outputs, workers, references } = bundled;
  const pages = frontEnd.pages.map((page) => ({
    path: page.path,
    content: packText(rewritePage(page, references)),
  }));
  const remaining = remainingFiles(frontEnd, bundled, entries);
  const others = [...outputs, ...workers.outputs, ...remaining, ...pages].toSorted(byPath);
  const entryFiles: Output[] = [];
  for (const entry of entries) {
    entryFiles.push(...(await entryOutputs(frontEnd, entry, bundled, [...others, ...besides])));
  }
  return merged([...others, ...workers.outputs, ...entryFiles]);
}

/** Readers get what is no source; of what was bundled, only what pages name besides. */
function remainingFiles(
  { files, pages, sources }: FrontEnd,
  { inputs }: BundledSources,
  entries: readonly string[],
): readonly Output[] {
  const named = new Set(pages.flatMap((page) => [...page.named]));
  const built = new Set([
    ...sources,
    ...entries.map((entry) => `/${entry}`),
    ...pages.map(({ path }) => path),
  ]);
  return files
    .filter(({ path }) => !built.has(path) && !isBuildFile(path))
    .filter(({ path, file }) => !inputs.has(file) || named.has(path))
    .map(({ path, content }) => ({ path, content }));
}

/** The entry itself is at its fixed path; what it refers to has names by its content. */
async function entryOutputs(
  { folder }: FrontEnd,
  entry: string,
  { plugins }: BundledSources,
  others: readonly Output[],
): Promise<readonly Output[]> {
  const built = await buildEntry({
    folder,
    file: join(folder, entry),
    plugins: [...plugins, filesPlugin(others)],
  });
  return [...nameOutputs(built.outputs)].map(([old, output]) =>
    old === built.path ? { ...output, path: builtPath(`/${entry}`) } : output,
  );
}

/** In the order of their paths. The same content at the same path twice is one file. */
function merged(outputs: readonly Output[]): Result<readonly Output[], FrontEndError> {
  const site = new Map<string, Output>();
  for (const output of outputs) {
    const there = site.get(output.path);
    if (there !== undefined && !equalBytes(there.content, output.content)) {
      return err({ code: "path-built-twice", path: output.path });
    }
    site.set(output.path, output);
  }
  return ok([...site.values()].toSorted(byPath));
}

function byPath(a: Output, b: Output): number {
  return a.path < b.path ? -1 : 1;
}
