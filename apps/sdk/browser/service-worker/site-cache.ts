import { isHashedName } from "../../hashed-name.ts";
import { siteCachePrefix as prefix, type SiteFile } from "./site-file.ts";

/** One version of a site's files, whole or not at all. */
export class SiteCache {
  readonly #files: ReadonlyMap<string, SiteFile>;
  readonly #name: Promise<string>;

  /** By their addresses. */
  constructor(files: ReadonlyMap<string, SiteFile>) {
    this.#files = files;
    const listed = JSON.stringify([...files]);
    this.#name = hashOf(new TextEncoder().encode(listed)).then((hash) => prefix + hash);
  }

  /** Rejects when a file is not to be had as it was packaged, for one because the site is being upgraded. */
  async fill(): Promise<void> {
    const name = await this.#name;
    const cache = await caches.open(name);
    try {
      await Promise.all([...this.#files].map(([address, file]) => put(cache, address, file)));
    } catch (thrown) {
      await caches.delete(name);
      throw thrown;
    }
  }

  /** Of this version; what only an earlier one has is for pages of it that are still open. */
  async find(address: string): Promise<Response | undefined> {
    const cache = await caches.open(await this.#name);
    return (await cache.match(address)) ?? (await findHashed(address));
  }

  /** All versions but this and the one before. */
  async dropOld(): Promise<void> {
    const current = await this.#name;
    const others = (await ownCaches()).filter((name) => name !== current);
    for (const name of others.slice(0, -1)) await caches.delete(name);
  }
}

async function put(cache: Cache, address: string, { path, hash }: SiteFile): Promise<void> {
  // The browser's own cache has what the page has loaded: that does not come over the network again.
  const answer = (await findHashed(address)) ?? (await fetch(address, { redirect: "error" }));
  if (!answer.ok) throw new Error(`${path} cannot be kept: status ${answer.status}`);
  const content = await answer.clone().arrayBuffer();
  if ((await hashOf(content)) !== hash) throw new Error(`${path} is of another version`);
  await cache.put(address, answer);
}

/** What has a hash in its name is the same in all versions. */
async function findHashed(address: string): Promise<Response | undefined> {
  if (!isHashedName(address)) return undefined;
  for (const name of await ownCaches()) {
    const found = await (await caches.open(name)).match(address);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** In the order in which they were made. */
async function ownCaches(): Promise<readonly string[]> {
  return (await caches.keys()).filter((name) => name.startsWith(prefix));
}

async function hashOf(content: BufferSource): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", content));
  return [...digest.subarray(0, 8)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
