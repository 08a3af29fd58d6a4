/** Loaded before the tests of an app: who has no SDK beside the sources gets the one that this checkout has. */
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";

import { plugin } from "bun";

const packages = {
  "@kith/sdk": resolve(import.meta.dirname, "../../apps/sdk"),
  "@kith/testing": import.meta.dirname,
};

plugin({
  name: "kith",
  setup(build) {
    for (const [name, folder] of Object.entries(packages)) {
      if (isBesideSources(name)) continue;
      for (const [path, file] of Object.entries(exportsOf(folder))) {
        build.module(`${name}${path.slice(1)}`, async () => ({
          // oxlint-disable-next-line no-unsafe-type-assertion -- a module's namespace
          exports: (await import(join(folder, file))) as Record<string, unknown>,
          loader: "object",
        }));
      }
    }
  },
});

function isBesideSources(name: string): boolean {
  try {
    Bun.resolveSync(name === "@kith/sdk" ? `${name}/service` : name, process.cwd());
    return true;
  } catch {
    return false;
  }
}

function exportsOf(folder: string): Readonly<Record<string, string>> {
  const manifest: unknown = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  const exports: unknown = Reflect.get(Object(manifest), "exports");
  // oxlint-disable-next-line no-unsafe-type-assertion -- our own manifests name files, nothing else
  return exports as Readonly<Record<string, string>>;
}
