import { dirname, join } from "node:path";

import { err, ok, type Result } from "@kith/protocol/result";
import { build, formatMessages, type BuildOptions, type Plugin } from "esbuild";

import type { BundleError } from "./bundle-error.ts";

export type BundleInput = {
  /** The author's file, for messages and to find what it imports. */
  readonly entry: string;
  /** What is bundled: a few lines that import the entry. */
  readonly source: string;
  readonly format: "cjs" | "iife" | "esm";
  /** Which of the conditional exports of imported packages are taken. */
  readonly conditions: readonly string[];
  readonly plugins?: readonly Plugin[];
  /** Names become short: for what many load and nobody reads. */
  readonly isShort?: boolean;
};

/**
 * One source out of an entry and all that it imports, on no platform: `node:` and the web's globals are not there. The
 * same sources give the same bytes on every machine and in every folder. Names stay readable: the source is public, and
 * errors name its functions.
 */
export async function bundle(input: BundleInput): Promise<Result<Uint8Array, BundleError>> {
  try {
    const { outputFiles } = await build(optionsOf(input));
    return ok(outputFiles[0]?.contents ?? new Uint8Array());
  } catch (fault) {
    const errors = isBuildFailure(fault) ? fault.errors : undefined;
    if (errors === undefined) throw fault;
    const texts = await formatMessages([...errors], { kind: "error", color: false });
    const messages = texts.join("").trimEnd();
    return err({ code: "bundle-failed", entry: input.entry, messages });
  }
}

function optionsOf({ entry, source, format, conditions, plugins = [], isShort }: BundleInput) {
  return {
    stdin: { contents: source, resolveDir: dirname(entry), sourcefile: "entry.ts", loader: "ts" },
    absWorkingDir: dirname(entry),
    bundle: true,
    write: false,
    format,
    platform: "neutral",
    target: "es2023",
    mainFields: ["module", "main"],
    conditions: [...conditions],
    plugins: [...plugins],
    minifyIdentifiers: isShort ?? false,
    minifySyntax: true,
    minifyWhitespace: true,
    charset: "utf8",
    legalComments: "none",
    treeShaking: true,
    logLevel: "silent",
    // An author's own settings would make the result depend on files outside of the sources.
    tsconfigRaw: { compilerOptions: { target: "ES2023", verbatimModuleSyntax: true } },
    // Who has no SDK beside the sources gets the one that this tool came with.
    nodePaths: [join(import.meta.dirname, "node_modules")],
  } satisfies BuildOptions;
}

type Failure = { readonly errors: Parameters<typeof formatMessages>[0] };

function isBuildFailure(fault: unknown): fault is Failure {
  return fault instanceof Error && "errors" in fault && Array.isArray(fault.errors);
}
