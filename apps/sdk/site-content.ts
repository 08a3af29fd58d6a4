import { sha256Hex } from "@kith/protocol/hashes";
import type { AccountName, Checksum } from "@kith/protocol/ids";
import type { Action } from "@kith/protocol/transaction";

import { chunkBytesMax, sitesInterface, type SiteFile } from "./system/sites.ts";
import { packAction } from "./transaction.ts";

/** A file that is to be published, and the bytes that are stored for it. */
export type SiteContent = {
  /** From the root of the site: `/css/main.css`. */
  readonly path: string;
  readonly contentType: string;
  /** How `stored` is encoded: `br`, or left out. */
  readonly encoding?: string;
  readonly stored: Uint8Array;
  /** sha256 and size of the decoded content. */
  readonly hash: Checksum;
  readonly sizeBytes: number;
};

export type Chunk = { readonly hash: Checksum; readonly data: Uint8Array };

/** The pieces in which content is uploaded: the same content always gives the same pieces. */
export function chunksOf(stored: Uint8Array): readonly Chunk[] {
  const chunks: Chunk[] = [];
  for (let from = 0; from < stored.length; from += chunkBytesMax) {
    const data = stored.subarray(from, from + chunkBytesMax);
    chunks.push({ hash: sha256Hex(data), data });
  }
  return chunks;
}

export function putChunkAction(sender: AccountName, { data }: Chunk): Action {
  return packAction(sender, sitesInterface, "putChunk", { data });
}

export function linkAction(sender: AccountName, content: SiteContent): Action {
  const { stored, ...described } = content;
  const chunks = chunksOf(stored).map(({ hash }) => hash);
  const file: SiteFile = { ...described, chunks, immutable: isHashedName(content.path) };
  return packAction(sender, sitesInterface, "link", { file });
}

/** Everything that it takes to publish these files from nothing, in order. */
export function publishActions(
  sender: AccountName,
  contents: readonly SiteContent[],
): readonly Action[] {
  const uploaded = new Set<Checksum>();
  return contents.flatMap((content) => {
    const fresh = chunksOf(content.stored).filter(({ hash }) => !uploaded.has(hash));
    for (const { hash } of fresh) uploaded.add(hash);
    return [...fresh.map((chunk) => putChunkAction(sender, chunk)), linkAction(sender, content)];
  });
}

/**
 * Whether a build tool put a hash of the content into the name (`index-B7zqL2xk.js`, `main.3f2a9c1b.css`), so that
 * the path never means another content. Only what cannot be a word counts: a browser would keep a wrong guess for a
 * year, while a missed one costs a 304.
 */
export function isHashedName(path: string): boolean {
  const name = path.slice(path.lastIndexOf("/") + 1);
  return name
    .split(".")
    .slice(0, -1)
    .some((part, at) => isHash(at === 0 ? part.slice(separatorOf(part) + 1) : part));
}

/** In `index-4fG7hJ2k` the hash stands behind a dash or an underscore, and may have some itself. */
function separatorOf(part: string): number {
  const before = part.length - 9;
  if (before >= 0 && (part[before] === "-" || part[before] === "_")) return before;
  return Math.max(part.lastIndexOf("-"), part.lastIndexOf("_"));
}

function isHash(part: string): boolean {
  const hex = /^[0-9a-f]{8,64}$/.test(part) && /[0-9]/.test(part) && /[a-f]/.test(part);
  const base64 = /^[\w-]{8}$/.test(part) && /[0-9]/.test(part) && /[A-Z]/.test(part);
  return hex || base64;
}
