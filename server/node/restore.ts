import type { Chain } from "@kith/chain/chain";
import type { Restored } from "@kith/consensus/core/start";
import type { SealedBlock } from "@kith/protocol/block";
import { consensusAfter, noConsensus } from "@kith/protocol/consensus-point";
import { blockNumOf, type BlockNum } from "@kith/protocol/ids";
import { err, ok, type Result } from "@kith/protocol/result";
import type { LogPort } from "@kith/replica/ports";

import { rejoinAdvice } from "./explain.ts";

/** What the state tells of how far it has come. */
export type RestoredChain = Pick<Chain, "applied" | "consensusPoint" | "snapshotBlock">;

export type RestoreError =
  /** Copies with known ids have to come from other nodes before this one may take part. */
  | { readonly code: "blocks-damaged"; readonly nums: readonly BlockNum[] }
  | { readonly code: "state-ahead-of-log"; readonly applied: number; readonly last: number }
  | { readonly code: "state-behind-log"; readonly applied: number; readonly first: number };

/**
 * What the core starts from: the newest block that is certainly final, everything after it, and the rules there. The
 * state says how far blocks were executed; the newest block says how far its maker knew the log to be final.
 */
export function restoreCore(log: LogPort, chain: RestoredChain): Result<Restored, RestoreError> {
  const unfinished = restartBehindSnapshot(log, chain);
  if (unfinished !== undefined) return ok(unfinished);
  const range = log.range();
  const applied = chain.applied()?.num ?? 0;
  if (range === undefined) {
    return ok({
      ballot: log.ballot(),
      blocks: [],
      consensus: noConsensus,
      commitNum: 0,
      logFirst: 1,
    });
  }
  if (applied > range.last) return err({ code: "state-ahead-of-log", applied, last: range.last });
  if (applied + 1 < range.first) {
    return err({ code: "state-behind-log", applied, first: range.first });
  }
  const head = log.readBlock(range.last);
  if (head.kind !== "found") return err({ code: "blocks-damaged", nums: [range.last] });
  const commitNum = Math.max(applied, head.block.header.commitNum, range.first);
  const damaged: BlockNum[] = [];
  const blocks: SealedBlock[] = [];
  let consensus = chain.consensusPoint() ?? noConsensus;
  const start = blockNumOf(Math.max(Math.min(applied + 1, commitNum), range.first));
  for (let num = start; num <= range.last; num = blockNumOf(num + 1)) {
    const read = log.readBlock(num);
    if (read.kind !== "found") {
      damaged.push(num);
      continue;
    }
    if (num > applied && num <= commitNum) consensus = consensusAfter(consensus, read.block.header);
    if (num >= commitNum) blocks.push(read.block);
  }
  if (damaged.length > 0) return err({ code: "blocks-damaged", nums: damaged });
  return ok({ ballot: log.ballot(), blocks, consensus, commitNum, logFirst: range.first });
}

/** A crash came between the snapshot's state and the restart of the log behind it: the restart is done now. */
function restartBehindSnapshot(log: LogPort, chain: RestoredChain): Restored | undefined {
  const block = chain.snapshotBlock();
  const consensus = chain.consensusPoint();
  if (block === undefined || consensus === undefined || goesOnBehind(log, block)) return undefined;
  const { blockNum } = block.header;
  // Whatever the core writes next comes behind this in the log, too.
  log.restartAt(block, () => undefined);
  const ballot = log.ballot();
  return { ballot, blocks: [block], consensus, commitNum: blockNum, logFirst: blockNum };
}

/**
 * A log that holds the block is not restarted: this node has confirmed what follows. Where the block's row is damaged,
 * its successor tells; where both are, the damage is repaired like any other.
 */
function goesOnBehind(log: LogPort, block: SealedBlock): boolean {
  const { blockNum } = block.header;
  const id = log.blockRef(blockNum)?.id;
  if (id !== undefined) return id === block.id;
  const range = log.range();
  if (range === undefined || blockNum < range.first || blockNum >= range.last) return false;
  const successor = log.readBlock(blockNumOf(blockNum + 1));
  return successor.kind !== "found" || successor.block.header.previous === block.id;
}

export function restoreMessage(error: RestoreError): string {
  switch (error.code) {
    case "blocks-damaged":
      return `blocks ${error.nums.join(", ")} of log.db are damaged`;
    case "state-ahead-of-log":
      return `state.db has executed block ${error.applied}, log.db ends at ${error.last}: log.db lost acknowledged blocks. ${rejoinAdvice}`;
    case "state-behind-log":
      return `state.db ends at block ${error.applied}, log.db starts at ${error.first}: the blocks between are gone. ${rejoinAdvice}`;
  }
}
