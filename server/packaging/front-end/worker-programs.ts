import { existsSync } from "node:fs";
import { relative } from "node:path";

import type { Plugin } from "esbuild";

import { buildProgram } from "./build-program.ts";
import { nameOutputs, type Output } from "./name-outputs.ts";
import { workerPlugin } from "./worker-plugin.ts";

/** Programs that sources start by their address, built on the way. */
export class WorkerPrograms {
  readonly #folder: string;
  readonly #plugins: readonly Plugin[];
  readonly #outputs = new Map<string, Output>();
  readonly #inputs = new Set<string>();

  constructor(folder: string, plugins: readonly Plugin[]) {
    this.#folder = folder;
    this.#plugins = plugins;
  }

  /** Under their last names. */
  get outputs(): readonly Output[] {
    return [...this.#outputs.values()];
  }

  get inputs(): readonly string[] {
    return [...this.#inputs];
  }

  /** For modules that a program of this chain is made of, the outermost first; none for pages. */
  plugin(chain: readonly string[] = []): Plugin {
    return workerPlugin((file) => this.#build(file, [...chain, file]));
  }

  async #build(file: string, chain: readonly string[]): Promise<string> {
    const name = relative(this.#folder, file);
    if (!existsSync(file)) throw new Error(`there is no ${name}`);
    // Its name is made of its content, which would have its name in it.
    if (chain.indexOf(file) < chain.length - 1) throw new Error(`${name} starts itself`);
    const plugins = [...this.#plugins, this.plugin(chain)];
    const built = await buildProgram({ folder: this.#folder, file, format: "script", plugins });
    for (const input of built.inputs) this.#inputs.add(input);
    const named = nameOutputs(built.outputs);
    for (const output of named.values()) this.#outputs.set(output.path, output);
    return named.get(built.path)?.path ?? built.path;
  }
}
