import type { ServiceSchemaError } from "@kith/protocol/service-schema";

/** Why a file is not a package. `path` is an entry of the zip. */
export type PackageError =
  | {
      readonly code: "package-too-large";
      readonly sizeBytes: number;
      readonly sizeBytesMax: number;
    }
  | { readonly code: "zip-malformed"; readonly reason: string }
  | { readonly code: "zip-unsupported"; readonly feature: string }
  | { readonly code: "too-many-entries"; readonly entries: number; readonly entriesMax: number }
  | {
      readonly code: "content-too-large";
      readonly sizeBytes: number;
      readonly sizeBytesMax: number;
    }
  /** A zip bomb: a small file that would unpack to a large one. */
  | { readonly code: "expands-too-much"; readonly sizeBytes: number; readonly fileBytes: number }
  | { readonly code: "entry-path-invalid"; readonly path: string; readonly reason: string }
  | { readonly code: "entry-repeated"; readonly path: string }
  | { readonly code: "entry-damaged"; readonly path: string }
  | {
      readonly code: "entry-too-large";
      readonly path: string;
      readonly sizeBytes: number;
      readonly sizeBytesMax: number;
    }
  | { readonly code: "entry-unexpected"; readonly path: string }
  | { readonly code: "entry-missing"; readonly path: string }
  | { readonly code: "json-malformed"; readonly path: string }
  | {
      readonly code: "field-invalid";
      readonly path: string;
      readonly field: string;
      readonly reason: string;
    }
  | { readonly code: "scope-unsupported"; readonly scope: string }
  | { readonly code: "account-undeclared"; readonly account: string; readonly path: string }
  | { readonly code: "service-undeclared"; readonly account: string }
  | { readonly code: "service-without-code"; readonly account: string }
  | { readonly code: "code-repeated"; readonly account: string }
  | {
      readonly code: "schema-invalid";
      readonly account: string;
      readonly fault: ServiceSchemaError;
    };
