/** What nodes answer themselves on every host, and queries: these are never about files. */
export const systemFolders: readonly string[] = ["/common/", "/query/"];
export const systemAddresses: readonly string[] = ["/graphql", "/changes", "/p2p"];

export function isSystemPath(path: string): boolean {
  return systemAddresses.includes(path) || systemFolders.some((folder) => path.startsWith(folder));
}
