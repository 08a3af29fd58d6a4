import type { BundleError } from "../bundle-error.ts";
import type { FolderError } from "../folder-error.ts";

/** Why a front-end's folder does not become the files of a site. */
export type FrontEndError =
  | FolderError
  | BundleError
  /** It has sources for another tool, and not what that made of them. */
  | { readonly code: "front-end-not-built"; readonly path: string }
  | { readonly code: "source-missing"; readonly path: string }
  /** A page names a source that is not there. */
  | {
      readonly code: "page-target-missing";
      readonly page: string;
      readonly line: number;
      readonly target: string;
    }
  /** A source that the page loads without `type="module"`. */
  | {
      readonly code: "page-script-classic";
      readonly page: string;
      readonly line: number;
      readonly target: string;
    }
  | { readonly code: "page-script-inline"; readonly page: string; readonly line: number }
  /** A file of the front-end and something built would have the same path. */
  | { readonly code: "path-built-twice"; readonly path: string };
