import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";

import { transform } from "esbuild";
import type { Location, OnLoadResult, PartialMessage, Plugin, PluginBuild } from "esbuild";
import { compile } from "tailwindcss";
import { z } from "zod";

import { scanFolders } from "./candidates.ts";

const directives =
  /@(?:tailwind|theme|apply|utility|variant|custom-variant|source|reference|plugin|config)\b|@import\s+(?:url\()?["']tailwindcss\b/;

/** What classes the sources may mean; asked for when the first style wants to know. */
export type Candidates = () => Promise<readonly string[]>;

/**
 * Tailwind 4, in the same process: imports and `@apply` are resolved, and of its classes those in use are made. What
 * styles import is part of them, which the bundler does not see: `inlined` gets the paths.
 */
export function stylePlugin(candidates: Candidates, inlined: Set<string>): Plugin {
  return {
    name: "styles",
    setup(build) {
      build.onLoad({ filter: /\.css$/ }, async ({ path, with: attributes }) => {
        const css = await readFile(path, "utf8");
        const isSheet = attributes["type"] === "css";
        const isTailwind = await importsTailwind(build, path, css);
        if (!isTailwind && !isSheet) return undefined;
        const made = isTailwind
          ? await compileStyle(build, path, css, { candidates, inlined })
          : css;
        if (typeof made !== "string") return { errors: [made] };
        if (isSheet) return await sheetModule(made, path);
        return { contents: made, loader: "css", resolveDir: dirname(path) };
      });
      build.onResolve({ filter: /^site-file:/ }, ({ path }) => ({
        path: path.slice("site-file:".length),
      }));
    },
  };
}

/**
 * `import sheet from "./later.css" with { type: "css" }` gives a `CSSStyleSheet`, as it does in browsers that know it: a style
 * that comes with the script that uses it, and not with the page. It stands alone: no `url()` of files beside it.
 */
async function sheetModule(css: string, path: string): Promise<OnLoadResult> {
  const { code } = await transform(css, { loader: "css", minify: true, sourcefile: path });
  const text = JSON.stringify(code.trim());
  const contents = `const sheet = new CSSStyleSheet();\nsheet.replaceSync(${text});\nexport default sheet;`;
  return { contents, loader: "js" };
}

/** Also where only a style that it imports does: `@import "@kith/ui/theme.css"`. */
async function importsTailwind(build: PluginBuild, path: string, css: string): Promise<boolean> {
  if (directives.test(css)) return true;
  for (const [, , id = ""] of css.matchAll(/@import\s+(["'])([^"']+)\1/g)) {
    if (/^[a-z]+:|^\/\//i.test(id)) continue;
    const found = await resolveStyle(build, id, dirname(path));
    if (found === undefined) continue;
    if (await importsTailwind(build, found, await readFile(found, "utf8"))) return true;
  }
  return false;
}

async function compileStyle(
  build: PluginBuild,
  path: string,
  css: string,
  { candidates, inlined }: { readonly candidates: Candidates; readonly inlined: Set<string> },
): Promise<string | PartialMessage> {
  const base = dirname(path);
  try {
    const compiler = await compile(css, {
      from: path,
      base,
      loadStylesheet: async (id, from) => {
        const loaded = await loadStylesheet(build, id, from);
        inlined.add(loaded.path);
        return loaded;
      },
      loadModule: (id, from) => loadModule(build, id, from),
    });
    const named = scanFolders(base, compiler.root, compiler.sources);
    return compiler.build([...new Set([...(await candidates()), ...named])].toSorted());
  } catch (fault) {
    const text = fault instanceof Error ? fault.message : String(fault);
    return { text, location: placeOf(path, css, text) };
  }
}

async function loadStylesheet(build: PluginBuild, id: string, from: string) {
  const path = await resolveStyle(build, id, from);
  if (path === undefined) throw new Error(`Could not resolve "${id}"`);
  const base = dirname(path);
  const css = await readFile(path, "utf8");
  // What it refers to stays where it is, while its text moves into the style that imports it.
  const content = css.replaceAll(
    /url\(\s*(["']?)(\.{1,2}\/[^"')]+)\1\s*\)/g,
    (_whole, _quote, target: string) =>
      `url("site-file:${pathToFileURL(`${base}/${target}`).pathname}")`,
  );
  return { path, base, content };
}

/** As in a browser, `theme.css` is a file beside this one, if there is one. */
async function resolveStyle(
  build: PluginBuild,
  id: string,
  resolveDir: string,
): Promise<string | undefined> {
  const kind = "import-rule";
  for (const path of [`./${id}`, id]) {
    const found = await build.resolve(path, { kind, resolveDir });
    if (found.errors.length === 0 && !found.external) return found.path;
  }
  // A package says by the condition `style` which of its files is meant; the bundler asks for scripts only.
  const described = await build.resolve(`${id}/package.json`, { kind, resolveDir });
  if (described.errors.length > 0) return undefined;
  const facts = packageFacts.safeParse(JSON.parse(await readFile(described.path, "utf8")));
  const style = facts.data?.exports?.["."]?.style ?? facts.data?.style;
  return style === undefined ? undefined : join(dirname(described.path), style);
}

const packageFacts = z.object({
  style: z.string().optional(),
  exports: z
    .object({ ".": z.object({ style: z.string().optional() }).optional() })
    .optional()
    .catch(undefined),
});

/** Extensions of Tailwind are programs, which run as any tool of the author's does. */
async function loadModule(build: PluginBuild, id: string, resolveDir: string) {
  const found = await build.resolve(id, { kind: "import-statement", resolveDir });
  if (found.errors.length > 0) throw new Error(`Could not resolve "${id}"`);
  const loaded: { readonly default: Extension } = await import(pathToFileURL(found.path).href);
  return { path: found.path, base: dirname(found.path), module: loaded.default };
}

type Loading = NonNullable<NonNullable<Parameters<typeof compile>[1]>["loadModule"]>;
type Extension = Awaited<ReturnType<Loading>>["module"];

/** Tailwind says what is wrong, and where only sometimes: then the first line that has the word is shown. */
function placeOf(path: string, css: string, text: string): Partial<Location> {
  const lines = css.split("\n");
  const told = /:(\d+):\d+: /.exec(text)?.[1];
  const word = /[`"]([^`"]+)[`"]/.exec(text)?.[1];
  const found = word === undefined ? -1 : lines.findIndex((line) => line.includes(word));
  const line = told === undefined ? Math.max(found, 0) + 1 : Number(told);
  const lineText = lines[line - 1] ?? "";
  const column = word === undefined ? 0 : Math.max(lineText.indexOf(word), 0);
  return { file: path, line, column, length: word?.length ?? lineText.length, lineText };
}
