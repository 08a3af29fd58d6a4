import { join } from "node:path";

import type { Result } from "@kith/protocol/result";
import { pluginRuntimeModules } from "@kith/sdk/plugin-runtime";
import type { Plugin } from "esbuild";

import type { BundleError } from "./bundle-error.ts";
import { bundle } from "./bundle.ts";

/** The script that machines run before any plugin: what its `require` gives. The same bytes everywhere. */
export function bundlePluginRuntime(): Promise<Result<Uint8Array, BundleError>> {
  const names = pluginRuntimeModules.map((_, place) => `m${place}`);
  const source = [
    ...pluginRuntimeModules.map((name, place) => `import * as m${place} from "${name}";`),
    `const modules = new Map([${pluginRuntimeModules
      .map((name, place) => `["${name}", ${names[place]}]`)
      .join(", ")}]);`,
    `const require = (name) => {`,
    `  if (!modules.has(name)) throw new Error("no plugin finds " + name + " here");`,
    `  return modules.get(name);`,
    `};`,
    `Object.defineProperty(globalThis, "require", { value: require });`,
  ].join("\n");
  const entry = join(import.meta.dirname, "plugin-runtime.ts");
  return bundle({ entry, source, format: "iife", conditions: ["kith-guest"], isShort: true });
}

const isLookedFor = { isLookedFor: true };

/** Whatever path leads to a module of the runtime, a plugin's bundle asks its machine for it. */
export const fromRuntime: Plugin = {
  name: "plugin-runtime",
  setup(build) {
    const folder = import.meta.dirname;
    const kind = "import-statement";
    let known: Promise<ReadonlyMap<string, string>> | undefined;
    const find = async (): Promise<ReadonlyMap<string, string>> => {
      const places = pluginRuntimeModules.map(async (name) => {
        const found = await build.resolve(name, {
          resolveDir: folder,
          kind,
          pluginData: isLookedFor,
        });
        return [found.path, name] as const;
      });
      return new Map(await Promise.all(places));
    };
    build.onResolve({ filter: /./ }, async ({ path, pluginData, ...from }) => {
      if (pluginData === isLookedFor) return undefined;
      known ??= find();
      const { importer, namespace, resolveDir } = from;
      const asked = { importer, namespace, resolveDir, kind: from.kind, pluginData: isLookedFor };
      const found = await build.resolve(path, asked);
      const name = (await known).get(found.path);
      return name === undefined ? found : { path: name, external: true };
    });
  },
};
