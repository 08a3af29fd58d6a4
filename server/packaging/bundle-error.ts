/** Why an author's source does not become a program. */
export type BundleError =
  /** In esbuild's words, with the place in the source. */
  | { readonly code: "bundle-failed"; readonly entry: string; readonly messages: string }
  | { readonly code: "service-export-missing"; readonly entry: string }
  | { readonly code: "plugin-export-missing"; readonly entry: string }
  | { readonly code: "service-export-ambiguous"; readonly entry: string; readonly names: string }
  | { readonly code: "service-does-not-start"; readonly entry: string; readonly reason: string }
  | {
      readonly code: "bundle-too-large";
      readonly entry: string;
      readonly sizeBytes: number;
      readonly sizeBytesMax: number;
    };
