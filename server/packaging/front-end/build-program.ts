import { build, type Plugin } from "esbuild";

import { browserOptions } from "./bundler-options.ts";
import type { Output } from "./name-outputs.ts";
import { outputGraph, type OutputGraph } from "./output-graph.ts";

/** One file without others beside it: what a worker or a service worker is started with. */
export type ProgramInput = {
  /** Root of the front-end. */
  readonly folder: string;
  readonly file: string;
  /** A script runs both as a classic one and as a module, and exports nothing. */
  readonly format: "script" | "module";
  readonly plugins: readonly Plugin[];
};

export type BuiltProgram = {
  readonly path: string;
  readonly content: Uint8Array;
  /** The program, and what it refers to. */
  readonly outputs: readonly Output[];
  readonly inputs: readonly string[];
};

/** What it imports later is in it, too. */
export async function buildProgram(input: ProgramInput): Promise<BuiltProgram> {
  const { facts, outputs, inputs } = await bundleProgram(input);
  const [path] = [...facts].find(([, { entryPoint }]) => entryPoint === input.file) ?? [];
  const program = outputs.find((output) => output.path === path);
  if (program === undefined) throw new Error(`the bundler made nothing of ${input.file}`);
  return { ...program, outputs, inputs };
}

/** What exports something is imported by others, and stays a module. */
export async function buildEntry(input: Omit<ProgramInput, "format">): Promise<BuiltProgram> {
  const { facts } = await bundleProgram({ ...input, format: "module" });
  const exported = [...facts.values()].find(({ entryPoint }) => entryPoint === input.file)?.exports;
  const format = (exported?.length ?? 0) > 0 ? "module" : "script";
  return buildProgram({ ...input, format });
}

async function bundleProgram(input: ProgramInput): Promise<OutputGraph> {
  const { folder, file, plugins, format } = input;
  const built = await build({
    ...browserOptions(folder),
    entryPoints: [file],
    plugins: [...plugins],
    ...(format === "module"
      ? { format: "esm" }
      : // A classic script has no `import.meta`; a worker's own address is the same.
        { format: "iife", define: { "import.meta.url": "location.href" } }),
  });
  return outputGraph(folder, built);
}
