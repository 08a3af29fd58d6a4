/** Why there is no set of packages that has what was wanted. */
export type ResolveError =
  | { readonly code: "package-wanted-twice"; readonly package: string }
  | { readonly code: "package-not-found"; readonly package: string; readonly neededBy: string }
  | {
      readonly code: "package-version-not-found";
      readonly package: string;
      readonly version: string;
      readonly neededBy: string;
      readonly found: readonly string[];
    }
  /** Each of those that need it would have another version. */
  | {
      readonly code: "dependencies-conflict";
      readonly package: string;
      readonly version: string;
      readonly neededBy: string;
      readonly chosen: string;
    }
  | { readonly code: "dependencies-too-many"; readonly steps: number }
  | { readonly code: "dependency-cycle"; readonly packages: readonly string[] }
  /** An installed package that stays as it is would be left without what it needs. */
  | {
      readonly code: "dependent-breaks";
      readonly package: string;
      readonly version: string;
      readonly dependent: string;
      readonly needs: string;
    };
