import { readFile } from "node:fs/promises";
import { extname, resolve } from "node:path";

import { Scanner } from "@tailwindcss/oxide";
import { build, type BuildOptions } from "esbuild";

import type { Page } from "./page.ts";

/**
 * What may be a class in pages and in all modules that they load, however far away. Code of others is read only where
 * it is markup: a library's words would become classes that nobody uses.
 */
export async function collectCandidates(
  options: BuildOptions,
  folder: string,
  pages: readonly Page[],
): Promise<readonly string[]> {
  const { metafile } = await build({ ...options, metafile: true, minify: false, write: false });
  const modules = Object.keys(metafile.inputs)
    .filter((path) => /\.(?:[mc]?[jt]s|[jt]sx)$/.test(path))
    .filter((path) => !path.includes("node_modules/") || /\.[jt]sx$/.test(path));
  const found = new Set(pages.flatMap(({ html }) => scan(html, "html")));
  for (const path of modules) {
    const content = await readFile(resolve(folder, path), "utf8");
    for (const candidate of scan(content, extname(path).slice(1))) found.add(candidate);
  }
  return [...found].toSorted();
}

function scan(content: string, extension: string): readonly string[] {
  return new Scanner({}).scanFiles([{ content, extension }]);
}

type Root = "none" | { readonly base: string; readonly pattern: string } | null;
type Source = { readonly base: string; readonly pattern: string; readonly negated: boolean };

/** What a style names itself: `@source "../shared"`. */
export function scanFolders(
  base: string,
  root: Root,
  sources: readonly Source[],
): readonly string[] {
  const named = root === null || root === "none" ? [] : [{ ...root, negated: false }];
  const all = [...named, ...sources];
  if (all.length === 0) return [];
  return new Scanner({
    sources: all.map((one) => ({ ...one, base: resolve(base, one.base) })),
  }).scan();
}
