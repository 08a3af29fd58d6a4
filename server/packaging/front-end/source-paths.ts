/** Browsers do not run these as they are. */
export function isSourcePath(path: string): boolean {
  return /\.(?:[mc]?ts|tsx|jsx)$/.test(path);
}

/** `/lib/worker.ts` is built to `/lib/worker.js`. */
export function builtPath(path: string): string {
  return path.replace(/\.(?:[mc]?[jt]s|[jt]sx)$/, ".js");
}
