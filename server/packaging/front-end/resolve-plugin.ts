import { existsSync } from "node:fs";
import { join } from "node:path";

import type { OnResolveResult, Plugin } from "esbuild";

/** How the sources of a front-end name others: `/lib/list.ts` is below the root of the site. */
export function resolvePlugin(folder: string): Plugin {
  return {
    name: "site-paths",
    setup(build) {
      build.onResolve({ filter: /^\// }, ({ path, kind }) => {
        if (kind === "entry-point" || path.startsWith(folder)) return undefined;
        const file = join(folder, path);
        if (!existsSync(file)) return undefined;
        // A plain file of the site, which is at the same path when it is built.
        return kind === "url-token" ? { path, external: true } : { path: file };
      });
      // Two copies of Preact in one page do not know each other's components; the front-end's own one comes first.
      build.onResolve(
        { filter: /^preact(?:\/|$)/ },
        async ({ path, kind, pluginData, resolveDir }) => {
          if (pluginData === resolving || resolveDir === folder) return undefined;
          const found = await build.resolve(path, {
            kind,
            resolveDir: folder,
            pluginData: resolving,
          });
          return found.errors.length === 0 ? (found satisfies OnResolveResult) : undefined;
        },
      );
    },
  };
}

const resolving = Symbol("resolving");
