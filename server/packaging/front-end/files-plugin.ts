import { sha256Hex } from "@kith/protocol/hashes";
import type { Plugin } from "esbuild";

import type { Output } from "./name-outputs.ts";

/**
 * `import { files } from "kith:files"` in an entry: all other files of the site, so that a service worker knows what it
 * keeps, and is a new one whenever any of them is.
 */
export function filesPlugin(outputs: readonly Output[]): Plugin {
  const files = outputs.map(({ path, content }) => ({
    path,
    hash: sha256Hex(content).slice(0, 16),
    sizeBytes: content.length,
  }));
  return {
    name: "files",
    setup(build) {
      build.onResolve({ filter: /^kith:files$/ }, ({ path }) => ({ path, namespace: "kith" }));
      build.onLoad({ filter: /^kith:files$/, namespace: "kith" }, () => ({
        contents: `export const files = ${JSON.stringify(files)};`,
        loader: "js",
      }));
    },
  };
}
