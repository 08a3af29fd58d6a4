import { sha256Hex } from "@kith/protocol/hashes";
import type { AccountName, Checksum } from "@kith/protocol/ids";
import type { Action } from "@kith/protocol/transaction";

import { isHashedName } from "./hashed-name.ts";
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
