/**
 * For front-ends: what `kith package` makes of imports that are no code. A front-end names this file in the `types` of its
 * tsconfig.json: `@kith/sdk/asset-modules`.
 */

/** Imported `with { type: "css" }` it is an object; without a name it belongs to the page. */
declare module "*.css" {
  const sheet: CSSStyleSheet;
  export { sheet as default };
}

/** In an entry of `kith.json`: all other files of the site, as they are when the app is packaged. */
declare module "kith:files" {
  export const files: readonly {
    readonly path: string;
    readonly hash: string;
    readonly sizeBytes: number;
  }[];
}

// Each is the path of the file on the site, with a name by its content.
declare module "*.bin" {
  const path: string;
  export { path as default };
}
declare module "*.gif" {
  const path: string;
  export { path as default };
}
declare module "*.ico" {
  const path: string;
  export { path as default };
}
declare module "*.jpg" {
  const path: string;
  export { path as default };
}
declare module "*.mp3" {
  const path: string;
  export { path as default };
}
declare module "*.png" {
  const path: string;
  export { path as default };
}
declare module "*.svg" {
  const path: string;
  export { path as default };
}
declare module "*.wasm" {
  const path: string;
  export { path as default };
}
declare module "*.webp" {
  const path: string;
  export { path as default };
}
declare module "*.woff2" {
  const path: string;
  export { path as default };
}
