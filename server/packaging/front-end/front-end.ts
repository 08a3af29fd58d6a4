import { existsSync, realpathSync } from "node:fs";
import { join } from "node:path";

import { err, ok, type Result } from "@kith/protocol/result";
import { unpackText } from "@kith/protocol/texts";

import { readContent } from "../prepare-file.ts";
import { scanFolder } from "../scan-folder.ts";
import type { FrontEndError } from "./front-end-error.ts";
import type { Output } from "./name-outputs.ts";
import { inlineScript, readPage, type Page } from "./page.ts";
import { isSourcePath } from "./source-paths.ts";

/** A front-end as its author has it. */
export type FrontEnd = {
  /** Without links on the way, as a bundler names it. */
  readonly folder: string;
  /** By their paths on the site. */
  readonly files: readonly SiteFile[];
  /** Those that load sources. */
  readonly pages: readonly Page[];
  /** What pages load and what has to be built, by paths on the site. */
  readonly sources: readonly string[];
};

type SiteFile = Output & {
  /** On this machine, without links on the way. */
  readonly file: string;
};

export async function readFrontEnd(folderGiven: string): Promise<Result<FrontEnd, FrontEndError>> {
  const found = scanFolder(folderGiven);
  if (!found.ok) return found;
  const folder = realpathSync(folderGiven);
  const files: SiteFile[] = [];
  for (const { file, path } of found.value) {
    const content = await readContent(file);
    if (!content.ok) return content;
    files.push({ path, file: realpathSync(file), content: content.value });
  }
  const byPath = new Map(files.map((file) => [file.path, file]));
  const pages: Page[] = [];
  const sources = new Set<string>();
  for (const { path, content } of files) {
    const html = /\.html?$/.test(path) ? unpackText(content) : undefined;
    if (html === undefined) continue;
    const page = readPage(path, html);
    if (!page.ok) return page;
    const loaded = sourcesOf(page.value, byPath);
    if (!loaded.ok) return loaded;
    if (loaded.value.length === 0) continue;
    const inline = inlineScript(page.value);
    if (inline !== undefined) return err(inline);
    pages.push(page.value);
    for (const source of loaded.value) sources.add(source);
  }
  return ok({ folder, files, pages, sources: [...sources].toSorted() });
}

function sourcesOf(
  { path: page, scripts, styles }: Page,
  files: ReadonlyMap<string, SiteFile>,
): Result<readonly string[], FrontEndError> {
  const missing = scripts.find(({ target }) => !files.has(target));
  if (missing !== undefined) {
    const { line, target } = missing;
    return err({ code: "page-target-missing", page, line, target });
  }
  const built = styles.filter(({ target }) => isStyleSource(files.get(target)));
  return ok([...scripts, ...built].map(({ target }) => target));
}

/** Directives of Tailwind, and imports by the name of a package, mean nothing to a browser. */
function isStyleSource(file: SiteFile | undefined): boolean {
  const css = file === undefined ? undefined : unpackText(file.content);
  if (file === undefined || css === undefined) return false;
  if (/@(?:tailwind|theme|apply|utility|custom-variant|source|plugin|config)\b/.test(css)) {
    return true;
  }
  return [...css.matchAll(/@import\s+(?:url\(\s*)?["']([^"']+)["']/g)].some(
    ([, id = ""]) => !/^(?:[a-z]+:|\.{0,2}\/)/i.test(id) && !existsSync(join(file.file, "..", id)),
  );
}

/** What belongs to a source rather than to the site. */
export function isBuildFile(path: string): boolean {
  return isSourcePath(path) || toolFiles.has(path);
}

const toolFiles: ReadonlySet<string> = new Set([
  "/bun.lock",
  "/deno.json",
  "/package-lock.json",
  "/package.json",
  "/tsconfig.json",
]);
