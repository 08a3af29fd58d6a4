/** A file of a site, as `kith:files` lists it. */
export type SiteFile = {
  readonly path: string;
  /** The first 16 hex digits of the content's sha256. */
  readonly hash: string;
  readonly sizeBytes: number;
};

/** Nothing else of an origin has caches of such a name. */
export const siteCachePrefix = "kith-site ";

const indexName = "index.html";

/** Where pages ask for a file: the first page of a folder is asked for by the folder's own address. */
export function addressOf(path: string): string {
  return path.endsWith(`/${indexName}`) ? path.slice(0, -indexName.length) : path;
}
