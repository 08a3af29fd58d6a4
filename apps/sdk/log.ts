declare const console: { readonly log: (...values: readonly unknown[]) => void };

/**
 * A line for the developer who runs the service: `kith test` shows it, and so does `bun run node`, with the service's
 * name. It is no part of any result, and only the node that runs the call sees it. `console.log` does the same.
 */
export function log(...values: readonly unknown[]): void {
  console.log(...values);
}
