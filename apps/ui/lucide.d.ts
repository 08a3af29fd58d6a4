/** One file an icon, so that a build reads only those in use. */
declare module "lucide/dist/esm/icons/*.mjs" {
  const node: readonly (readonly [
    name: string,
    attributes: Readonly<Record<string, string | number | undefined>>,
  ])[];
  export { node as default };
}
