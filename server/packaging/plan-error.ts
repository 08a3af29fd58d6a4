/** Why a package cannot be installed on, or removed from, this network. */
export type PlanError =
  | {
      readonly code: "account-in-other-package";
      readonly account: string;
      readonly owner: string;
      readonly name: string;
    }
  /** It exists, and whoever installs has not said that the package may have it. */
  | { readonly code: "account-not-given"; readonly account: string; readonly package: string }
  | { readonly code: "owner-missing"; readonly owner: string; readonly package: string }
  | { readonly code: "owner-unnamed"; readonly package: string }
  | { readonly code: "flag-unsupported"; readonly account: string; readonly flag: string }
  | { readonly code: "server-unsupported"; readonly account: string; readonly server: string }
  | {
      readonly code: "version-lower";
      readonly package: string;
      readonly version: string;
      readonly installed: string;
    }
  | { readonly code: "schema-unknown"; readonly service: string; readonly package: string }
  | { readonly code: "action-unknown"; readonly service: string; readonly method: string }
  | {
      readonly code: "action-data-wrong";
      readonly service: string;
      readonly method: string;
      /** As in `$.amount`. */
      readonly path: string;
      readonly expected: string;
    }
  | {
      readonly code: "manifest-too-large";
      readonly package: string;
      readonly sizeBytes: number;
      readonly sizeBytesMax: number;
    }
  | { readonly code: "package-unknown"; readonly package: string }
  | { readonly code: "package-needed"; readonly package: string; readonly by: string };
