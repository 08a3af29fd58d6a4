import { matchPackageVersion } from "@kith/protocol/package-version";

import { isListOf, textAt } from "./json.ts";
import { describe, expectEqual, runCase, type Shape } from "./shape.ts";

const fields = ["pattern", "version", "matches"];

/** `[{pattern, version, matches}]` */
export const semverShape: Shape = {
  name: "patterns of package dependencies",
  matches: ({ json }) => isListOf(json, fields),
  run: ({ json }) =>
    (isListOf(json, fields) ? json : []).map((item) => {
      const [pattern, version] = [textAt(item, "pattern"), textAt(item, "version")];
      return runCase(`${pattern} with ${version}`, () => {
        const result = matchPackageVersion(pattern, version);
        return result.ok ? expectEqual(result.value, item["matches"]) : describe(result.error);
      });
    }),
};
