import { abort, check } from "@kith/sdk/abort";
import { toHex } from "@kith/sdk/bytes";
import type { ActionContext } from "@kith/sdk/context";
import { chunkBytesMax } from "@kith/sdk/system/sites";
import { checksumOf, type AccountName, type Checksum } from "@kith/sdk/types";

import { pendingBytesMax, pendingDroppedAtOnce, pendingMicrosMax } from "./limits.ts";
import { siteOf } from "./site-settings.ts";
import { chunks, contents, pending, sitesTable, type ChunkRow } from "./tables.ts";

/** Keeps a chunk for its uploader until it is linked. Content that is there already is stored once. */
export function storeChunk(context: ActionContext, data: Uint8Array): Checksum {
  check(data.length > 0, "chunk-empty", "a chunk has content; an empty file has no chunks");
  if (data.length > chunkBytesMax) {
    abort("chunk-too-long", `a chunk of ${data.length} bytes; at most ${chunkBytesMax}`);
  }
  const account = context.sender;
  dropExpired(context, account);
  const hash = checksumOf(toHex(context.sha256(data)));
  if (context.table(pending).has({ account, hash })) return hash;
  const site = siteOf(context, account);
  const pendingBytes = site.pendingBytes + data.length;
  if (pendingBytes > pendingBytesMax) {
    abort("too-much-pending", `link what is uploaded first: at most ${pendingBytesMax} bytes wait`);
  }
  const known = context.table(chunks).get({ hash });
  if (known === undefined) context.table(contents).put({ hash, data });
  const references = (known?.references ?? 0) + 1;
  context.table(chunks).put({ hash, sizeBytes: data.length, references });
  context.table(pending).put({ account, hash, since: context.blockTime });
  const pendingSince = site.pendingSince ?? context.blockTime;
  context.table(sitesTable).put({ ...site, pendingBytes, pendingSince });
  return hash;
}

/** One more file needs these chunks; gives their sizes together. They are no longer pending for this account. */
export function useChunks(
  context: ActionContext,
  account: AccountName,
  hashes: readonly Checksum[],
): number {
  let sizeBytes = 0;
  for (const hash of hashes) {
    const chunk = context.table(chunks).get({ hash });
    if (chunk === undefined) abort("chunk-missing", `upload chunk ${hash} first`);
    sizeBytes += chunk.sizeBytes;
    context.table(chunks).put({ ...chunk, references: chunk.references + 1 });
    dropPending(context, account, hash);
  }
  return sizeBytes;
}

export function releaseChunks(context: ActionContext, hashes: readonly Checksum[]): void {
  for (const hash of hashes) {
    const chunk = context.table(chunks).get({ hash });
    if (chunk !== undefined) release(context, chunk);
  }
}

function release(context: ActionContext, chunk: ChunkRow): void {
  const { hash } = chunk;
  if (chunk.references > 1) {
    context.table(chunks).put({ ...chunk, references: chunk.references - 1 });
    return;
  }
  context.table(chunks).remove({ hash });
  context.table(contents).remove({ hash });
}

function dropPending(context: ActionContext, account: AccountName, hash: Checksum): void {
  if (!context.table(pending).remove({ account, hash })) return;
  const chunk = context.table(chunks).get({ hash });
  if (chunk === undefined) return;
  release(context, chunk);
  const site = siteOf(context, account);
  const pendingBytes = site.pendingBytes - chunk.sizeBytes;
  context.table(sitesTable).put({ ...site, pendingBytes });
}

function dropExpired(context: ActionContext, account: AccountName): void {
  const expiredTo = Math.max(0, context.blockTime - pendingMicrosMax);
  const { pendingSince } = siteOf(context, account);
  if (pendingSince === undefined || pendingSince >= expiredTo) return;
  const inOrder = { index: "bySince", prefix: { account } } as const;
  const expired = context
    .table(pending)
    .range({ ...inOrder, to: { since: expiredTo }, limit: pendingDroppedAtOnce });
  for (const { hash } of expired) dropPending(context, account, hash);
  const [oldest] = context.table(pending).range({ ...inOrder, limit: 1 });
  const { pendingSince: _, ...site } = siteOf(context, account);
  context
    .table(sitesTable)
    .put(oldest === undefined ? site : { ...site, pendingSince: oldest.since });
}
