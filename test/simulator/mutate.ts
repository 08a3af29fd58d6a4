import { readFileSync } from "node:fs";

import type { Mutant } from "./mutants.ts";

/** Takes a rule out of the source that is loaded from now on, in this process only. */
export function mutate({ name, file, edits }: Mutant): { readonly isLoaded: boolean } {
  const applied = { isLoaded: false };
  Bun.plugin({
    name,
    setup(build) {
      const filter = new RegExp(`/${file.replaceAll(".", "\\.")}$`);
      build.onLoad({ filter }, ({ path }) => {
        applied.isLoaded = true;
        let contents = readFileSync(path, "utf8");
        for (const { from, to } of edits) {
          if (contents.split(from).length !== 2)
            throw new Error(`${name}: not once in ${file}: ${from}`);
          contents = contents.replace(from, to);
        }
        return { contents, loader: "ts" };
      });
    },
  });
  return applied;
}
