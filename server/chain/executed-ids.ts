import { bytesOfTrustedHex, toHex } from "@kith/protocol/hashes";
import { transactionIdOf, type BlockNum, type TransactionId } from "@kith/protocol/ids";

import { blocksBetweenPrunes, bucketsPrunedMax, expiryBucketSeconds } from "./limits.ts";
import type { Overlay, Rows } from "./overlay.ts";
import { chainAccount, ownSpaces } from "./own-rows.ts";
import { placeOf } from "./place.ts";

export type ExecutedId = { readonly id: TransactionId; readonly expiration: number };

/**
 * Which transactions were executed is part of the state: one row for each block and hour of expiry, holding the ids.
 * The receipts are the index by which one id is found; a snapshot fills it from these rows.
 */
export function recordExecuted(
  rows: Overlay,
  num: BlockNum,
  executed: readonly ExecutedId[],
): void {
  const buckets = Map.groupBy(executed, ({ expiration }) => bucketOf(expiration));
  for (const [bucket, ids] of buckets) {
    const row = new Uint8Array(32 * ids.length);
    for (const [at, { id }] of ids.entries()) row.set(bytesOfTrustedHex(id), 32 * at);
    rows.write(placeOf(chainAccount, ownSpaces.executed, bucketKey(bucket, num)), row);
  }
}

/** Removes rows of transactions that can never be valid again: now and then, and faster than rows are added. */
export function pruneExecuted(rows: Overlay, num: BlockNum, blockTimeSeconds: number): void {
  if (num % blocksBetweenPrunes !== 0) return;
  const gone = rows.range({
    service: chainAccount,
    space: ownSpaces.executed,
    to: bucketKey(bucketOf(blockTimeSeconds), 0),
    reverse: false,
    limit: bucketsPrunedMax,
  });
  for (const { key } of gone) rows.write(placeOf(chainAccount, ownSpaces.executed, key), undefined);
}

/** Every executed id that can still come again, with an expiration that is at least its own: for a new index. */
export function* executedIds(rows: Rows): Generator<ExecutedId & { readonly blockNum: number }> {
  for (let from = new Uint8Array(); ;) {
    const page = rows.range({
      service: chainAccount,
      space: ownSpaces.executed,
      from,
      reverse: false,
      limit: 64,
    });
    for (const { key, row } of page) {
      const view = new DataView(key.buffer, key.byteOffset);
      const expiration = (view.getUint32(0) + 1) * expiryBucketSeconds;
      const blockNum = view.getUint32(4);
      for (let at = 0; at < row.length; at += 32) {
        yield { id: transactionIdOf(toHex(row.subarray(at, at + 32))), expiration, blockNum };
      }
    }
    const last = page.at(-1);
    if (last === undefined) return;
    from = new Uint8Array([...last.key, 0]);
  }
}

function bucketOf(seconds: number): number {
  return Math.floor(seconds / expiryBucketSeconds);
}

function bucketKey(bucket: number, num: number): Uint8Array {
  const key = new Uint8Array(8);
  const view = new DataView(key.buffer);
  view.setUint32(0, bucket);
  view.setUint32(4, num);
  return key;
}
