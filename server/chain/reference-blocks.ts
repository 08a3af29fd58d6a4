import { bytesOfTrustedHex, toHex } from "@kith/protocol/hashes";
import { blockIdOf, type BlockId, type BlockNum } from "@kith/protocol/ids";
import { milestoneInterval, recentBlocks, refBlockNum } from "@kith/protocol/tapos";

import type { Overlay, Rows } from "./overlay.ts";
import { chainAccount, ownSpaces } from "./own-rows.ts";
import { placeOf, type Place } from "./place.ts";

/**
 * Ids of the blocks that transactions may refer to (psibase specification, blockchain/tapos.md): slot 0..127 holds
 * the last block of that number modulo 128, slot 128..255 the last such multiple of 4096. They are rows, so that a
 * node that starts from a snapshot resolves the same references.
 */
export function rememberBlock(rows: Overlay, num: BlockNum, id: BlockId): void {
  const row = new Uint8Array(36);
  new DataView(row.buffer).setUint32(0, num);
  row.set(bytesOfTrustedHex(id), 4);
  rows.write(slot(num & 127), row);
  if (num % milestoneInterval === 0) rows.write(slot(longLivedIndex(num)), row);
  if (num === 1) rows.write(slot(longLivedIndex(0)), genesisAsBlockZero(row));
}

/** The id of the block that `index` means for a transaction in block `including`; undefined when it names none. */
export function referencedBlock(
  rows: Rows,
  index: number,
  including: BlockNum,
): BlockId | undefined {
  const num = refBlockNum(index, including) ?? genesisReference(index, including);
  if (num === undefined) return undefined;
  const row = rows.read(slot(index));
  if (row === undefined) return undefined;
  const known = new DataView(row.buffer, row.byteOffset).getUint32(0);
  return known === num ? blockIdOf(toHex(row.subarray(4, 36))) : undefined;
}

/** The reference that stays good the longest: the newest multiple of 4096, or genesis in the place of block 0. */
export function longLivedReference(
  rows: Rows,
  head: BlockNum,
): { readonly refBlockIndex: number; readonly refBlockId: BlockId } | undefined {
  const refBlockIndex = longLivedIndex(head - (head % milestoneInterval));
  const row = rows.read(slot(refBlockIndex));
  if (row === undefined) return undefined;
  return { refBlockIndex, refBlockId: blockIdOf(toHex(row.subarray(4, 36))) };
}

/**
 * Before the first milestones there is nothing but the last 127 blocks, which a busy network makes in a second. So
 * milestone 0, which is no block, stands for genesis.
 */
function genesisReference(index: number, including: BlockNum): 0 | undefined {
  const milestone = Math.floor((including - 1) / milestoneInterval);
  return index === longLivedIndex(0) && milestone < recentBlocks ? 0 : undefined;
}

function longLivedIndex(num: number): number {
  return ((num >>> 12) & 127) | 128;
}

function genesisAsBlockZero(row: Uint8Array): Uint8Array {
  const copy = row.slice();
  copy.fill(0, 0, 4);
  return copy;
}

function slot(index: number): Place {
  return placeOf(chainAccount, ownSpaces.referenceBlocks, Uint8Array.of(index));
}
