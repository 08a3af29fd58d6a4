import type { SealedBlock } from "@kith/protocol/block";
import { consensusAfter, type ConsensusPoint } from "@kith/protocol/consensus-point";

import type { Output } from "../core/output.ts";
import type { ConsensusState } from "../core/state.ts";
import { appendToLog, truncateLog } from "../log/log-change.ts";

/** Blocks that another node sent, where they leave this log. */
export type Branch = {
  /** The own block behind which the branch goes on. */
  readonly fromNum: number;
  readonly blocks: readonly SealedBlock[];
};

/** The part of the blocks that is new here, when they follow each other behind a block of this log. */
export function branchUpTo(
  state: ConsensusState,
  blocks: readonly SealedBlock[],
  num: number,
): Branch | undefined {
  const { log, commitNum } = state;
  let fromNum = Math.min(num, log.head.num);
  const fresh: SealedBlock[] = [];
  for (const block of blocks) {
    const { blockNum, previous } = block.header;
    if (blockNum > num) break;
    if (fresh.length === 0 && log.idAt(blockNum) === block.id) continue;
    if (fresh.length === 0) {
      fromNum = blockNum - 1;
      if (fromNum < commitNum || log.idAt(fromNum) !== previous) return undefined;
    } else if (fresh.at(-1)?.id !== previous || fresh.at(-1)?.header.blockNum !== blockNum - 1) {
      return undefined;
    }
    fresh.push(block);
  }
  const reached = fresh.at(-1)?.header.blockNum ?? fromNum;
  return reached >= num ? { fromNum, blocks: fresh } : undefined;
}

/** The rules after the branch, which come from the branch itself. */
export function pointBehind(
  { consensus }: ConsensusState,
  { fromNum, blocks }: Branch,
): ConsensusPoint {
  let point = consensus.pointAt(fromNum);
  for (const { header } of blocks) point = consensusAfter(point, header);
  return point;
}

/**
 * Puts the branch in the place of what this log has there. True when this node may have voted in this term for what goes: the
 * root of the term, or a block of it. So the log alone tells, also after a restart.
 */
export function replaceTail(
  state: ConsensusState,
  out: Output,
  { fromNum, blocks }: Branch,
): boolean {
  if (blocks.length === 0) return false;
  const { log, bft, term } = state;
  const root = bft.root ?? bft.rootBefore;
  const isRootGone = root !== undefined && root.num > fromNum;
  const isOwnGone = log.head.num > fromNum && log.head.term === term;
  if (fromNum < log.head.num) truncateLog(state, out, fromNum);
  for (const block of blocks) appendToLog(state, out, block);
  return isRootGone || isOwnGone;
}
