import type { BundleError } from "./bundle-error.ts";
import type { FrontEndError } from "./front-end/front-end-error.ts";
import type { PackageError } from "./package-error.ts";

/** Why an author's folder does not become a package. */
export type AppError =
  | PackageError
  | BundleError
  | FrontEndError
  /** Neither `kith.json` nor `package.json` says it. */
  | {
      readonly code: "app-undescribed";
      readonly folder: string;
      readonly field: "name" | "version";
    }
  | {
      readonly code: "service-name-wrong";
      readonly entry: string;
      readonly name: string;
      readonly account: string;
    }
  | {
      readonly code: "plugin-name-wrong";
      readonly entry: string;
      readonly name: string;
      readonly account: string;
    }
  | { readonly code: "app-empty"; readonly folder: string };
