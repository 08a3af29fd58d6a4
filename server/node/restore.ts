import type { Chain } from "@kith/chain/chain";
import type { Applied } from "@kith/chain/ports";
import type { Restored } from "@kith/consensus/core/start";
import type { BlockHeader, SealedBlock } from "@kith/protocol/block";
import { consensusStateOf } from "@kith/protocol/blocks";
import type { Certificate } from "@kith/protocol/certificate";
import {
  consensusAfter,
  consensusUnder,
  noConsensus,
  type ConsensusPoint,
} from "@kith/protocol/consensus-point";
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
  | { readonly code: "state-behind-log"; readonly applied: number; readonly first: number }
  | { readonly code: "state-of-other-log"; readonly applied: number };

/** What is read to find out where to start. */
export type RestoreParts = {
  readonly log: LogPort;
  readonly certificates: RestoredCertificates;
  readonly chain: RestoredChain;
};

export type RestoredCertificates = {
  certificate(from: BlockNum, to: BlockNum): { readonly certificate: Certificate } | undefined;
  certifiedChanges(
    after: BlockNum,
    countMax: number,
  ): readonly { readonly header: BlockHeader; readonly certificate: Certificate }[];
};

/**
 * What the core starts from: the newest block that is certainly final, everything after it, and the rules there. The
 * state says how far blocks were executed; the log, how much more is final. Of final blocks it takes no more than which they are, so
 * damage to them keeps nobody from taking part; it is mended while the node runs.
 */
export function restoreCore(parts: RestoreParts): Result<Restored, RestoreError> {
  const { log, chain } = parts;
  const unfinished = restartBehindSnapshot(log, chain);
  if (unfinished !== undefined) return ok(unfinished);
  const range = log.range();
  const state = chain.applied();
  const applied = state?.num ?? 0;
  const ballot = log.ballot();
  if (range === undefined) {
    return ok({ ballot, blocks: [], consensus: noConsensus, commitNum: 0, logFirst: 1 });
  }
  if (applied > range.last) return err({ code: "state-ahead-of-log", applied, last: range.last });
  if (applied + 1 < range.first) {
    return err({ code: "state-behind-log", applied, first: range.first });
  }
  if (state !== undefined && isOfOtherLog(log, state)) {
    return err({ code: "state-of-other-log", applied });
  }
  if (applied < range.last && log.readBlock(range.last).kind !== "found") {
    return err({ code: "blocks-damaged", nums: [range.last] });
  }
  const scanned = scanBehind(parts, chain.consensusPoint() ?? noConsensus, {
    first: blockNumOf(Math.max(applied + 1, range.first)),
    last: range.last,
  });
  const commitNum = blockNumOf(Math.max(applied, range.first, scanned.finalNum));
  const needed = scanned.damaged.filter((num) => num > commitNum || !scanned.areRulesKnown);
  if (needed.length > 0) return err({ code: "blocks-damaged", nums: needed });
  const end = readEnd(parts, commitNum, range.last);
  if (!end.ok) return end;
  const consensus = scanned.consensusAt(commitNum);
  return ok({ ballot, ...end.value, consensus, commitNum, logFirst: range.first });
}

/** The log knows another block where this one was executed. */
function isOfOtherLog(log: LogPort, { num, id }: Applied): boolean {
  const known = log.blockRef(num);
  return known !== undefined && known.id !== id;
}

/** The newest final block, or if it cannot be read what is known of it, and all blocks behind it. */
function readEnd(
  { log, chain }: RestoreParts,
  commitNum: BlockNum,
  last: BlockNum,
): Result<Pick<Restored, "base" | "blocks">, RestoreError> {
  const blocks: SealedBlock[] = [];
  for (let num = commitNum; num <= last; num = blockNumOf(num + 1)) {
    const read = log.readBlock(num);
    if (read.kind === "found") blocks.push(read.block);
    else if (num > commitNum || log.blockRef(num) === undefined) {
      return err({ code: "blocks-damaged", nums: [num] });
    }
  }
  const ref = log.blockRef(commitNum);
  if (blocks[0]?.header.blockNum === commitNum || ref === undefined) return ok({ blocks });
  const state = chain.applied();
  // Where it is not known, this is not the end of the log: its time counts for nothing.
  const time = state?.num === commitNum ? state.time : 0;
  return ok({ base: { num: commitNum, ...ref, time }, blocks });
}

type Range = { readonly first: BlockNum; readonly last: BlockNum };

type Scanned = {
  readonly damaged: readonly BlockNum[];
  /** Final for certain, as the log tells. */
  readonly finalNum: number;
  /** False where a damaged block may have changed the producers. */
  readonly areRulesKnown: boolean;
  readonly consensusAt: (num: number) => ConsensusPoint;
};

/**
 * What the blocks tell that are not executed. Under CFT the newest one says how far its maker knew the log to be final. Under BFT
 * that is a claim of somebody who may lie: there only a certificate tells, which this node has checked before it kept it.
 *
 * Each header names the rules that it was made under, so behind a damaged block the next one shows whether that changed them.
 */
function scanBehind(parts: RestoreParts, before: ConsensusPoint, { first, last }: Range): Scanned {
  const damaged: BlockNum[] = [];
  const points = [{ num: 0, point: before }];
  let finalNum = certifiedIn(parts, { first, last });
  let areRulesKnown = true;
  let point = before;
  for (let num = first; num <= last; num = blockNumOf(num + 1)) {
    const read = parts.log.readBlock(num);
    if (read.kind !== "found") damaged.push(num);
    const header = read.kind === "found" ? read.block.header : certifiedChangeAt(parts, num);
    if (header === undefined) continue;
    if (damaged.length > 0 && !isMadeUnder(point, header)) areRulesKnown = false;
    if (isTrusting(point)) finalNum = Math.max(finalNum, header.commitNum);
    const after = consensusAfter(point, header);
    if (after !== point) points.push({ num, point: after });
    point = after;
  }
  const consensusAt = (num: number): ConsensusPoint =>
    points.findLast((each) => each.num <= num)?.point ?? before;
  return { damaged, finalNum, areRulesKnown, consensusAt };
}

/** Of blocks that changed the producers more is kept than the log: their header, with its proof. */
function certifiedChangeAt(
  { log, certificates }: RestoreParts,
  num: BlockNum,
): BlockHeader | undefined {
  const [change] = certificates.certifiedChanges(blockNumOf(num - 1), 1);
  if (change?.header.blockNum !== num) return undefined;
  const known = log.blockRef(num);
  return known === undefined || known.id === change.certificate.id ? change.header : undefined;
}

function isMadeUnder(point: ConsensusPoint, header: BlockHeader): boolean {
  return header.consensusState === consensusStateOf(consensusUnder(point, header.commitNum).joint);
}

/** Whether whoever makes blocks under these rules is believed. */
function isTrusting({ joint: { current, next } }: ConsensusPoint): boolean {
  return current.algorithm === "cft" && next?.algorithm !== "bft";
}

function certifiedIn({ log, certificates }: RestoreParts, { first, last }: Range): number {
  const certified = last < first ? undefined : certificates.certificate(first, last);
  if (certified === undefined) return 0;
  const { num, id } = certified.certificate;
  return log.blockRef(num)?.id === id ? num : 0;
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
    case "state-of-other-log":
      return `log.db and state.db have different blocks ${error.applied}: they are not of the same folder. ${rejoinAdvice}`;
  }
}
