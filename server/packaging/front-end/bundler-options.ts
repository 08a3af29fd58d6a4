import { join } from "node:path";

import { formatMessages, type BuildOptions, type Message } from "esbuild";

/** What browsers get: those that have what Tailwind 4 asks for. */
const target = ["es2022", "chrome111", "firefox128", "safari16.4"];

/** Files that code and styles refer to, and that readers get as they are, under a name by their content. */
const assetExtensions = [
  "avif bin gif ico jpeg jpg m4a mp3 mp4 oga ogg otf pdf png svg ttf wasm wav webm webp woff woff2",
].flatMap((names) => names.split(" "));

/**
 * Preact's JSX, and nothing of an author's own settings: they would make the result depend on files outside of the
 * sources. A source that wants another library says so itself (`@jsxImportSource`).
 */
const compilerOptions = {
  target: "ES2022",
  jsx: "react-jsx",
  jsxImportSource: "preact",
  verbatimModuleSyntax: true,
} as const;

/** For everything that browsers run; `folder` is the root of the site, and what messages name files by. */
export function browserOptions(folder: string) {
  return {
    absWorkingDir: folder,
    outdir: join(folder, outFolder),
    bundle: true,
    write: false,
    metafile: true,
    platform: "browser",
    target,
    conditions: ["module", "production"],
    // Names of outputs are found again by their hash, whatever it is made of; see name-outputs.ts.
    entryNames: "assets/[name]-[hash]",
    chunkNames: "assets/[name]-[hash]",
    assetNames: "assets/[name]-[hash]",
    publicPath: "/",
    loader: Object.fromEntries(assetExtensions.map((name) => [`.${name}`, "file" as const])),
    minify: true,
    charset: "utf8",
    legalComments: "none",
    treeShaking: true,
    logLevel: "silent",
    logOverride: { "css-syntax-error": "error", "unsupported-jsx-comment": "error" },
    tsconfigRaw: { compilerOptions },
    // Who has no SDK beside the sources gets the one that this tool came with.
    nodePaths: [
      join(import.meta.dirname, "../node_modules"),
      join(import.meta.dirname, "../../../node_modules"),
    ],
  } satisfies BuildOptions;
}

/** Nothing is written there: outputs' paths are told relative to it. */
export const outFolder = "built";

/** In the bundler's words, with the places in the sources; undefined for a fault of another kind. */
export async function bundlerMessages(fault: unknown): Promise<string | undefined> {
  if (!isBuildFailure(fault)) return undefined;
  const texts = await formatMessages([...fault.errors], { kind: "error", color: false });
  return texts.join("").trimEnd();
}

type Failure = { readonly errors: readonly Message[] };

export function isBuildFailure(fault: unknown): fault is Failure {
  return fault instanceof Error && "errors" in fault && Array.isArray(fault.errors);
}
