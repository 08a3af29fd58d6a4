import type { BundleError } from "./bundle-error.ts";
import type { FolderError } from "./folder-error.ts";
import type { PackageError } from "./package-error.ts";

/** Why an author's folder does not become a package. */
export type AppError =
  | PackageError
  | BundleError
  | FolderError
  /** Neither `kith.json` nor `package.json` says it. */
  | {
      readonly code: "app-undescribed";
      readonly folder: string;
      readonly field: "name" | "version";
    }
  | { readonly code: "source-missing"; readonly path: string }
  | { readonly code: "front-end-not-built"; readonly path: string }
  | {
      readonly code: "service-name-wrong";
      readonly entry: string;
      readonly name: string;
      readonly account: string;
    }
  | { readonly code: "app-empty"; readonly folder: string };
