import type { BlockHeader, JointConsensus } from "./block.ts";
import { blockNumOf, type BlockNum } from "./ids.ts";

/**
 * The rules after a block, as the log alone says them (psibase specification, joint-consensus.md): a change is under
 * way from the block that carries it until a block is made whose producer knew that block to be final.
 */
export type ConsensusPoint = {
  readonly joint: JointConsensus;
  /** The number of the block that carries `joint.next`; 0 while no change is under way. */
  readonly since: number;
  /** The number of the block that began to introduce `joint.current`; 0 before the first block. Votes name it. */
  readonly epoch: BlockNum;
};

/** Before the first block there is nobody. */
export const noConsensus: ConsensusPoint = {
  joint: { current: { algorithm: "cft", producers: [] } },
  since: 0,
  epoch: blockNumOf(0),
};

/** The rules that a block is made under which says that everything up to `commitNum` is final. */
export function consensusUnder(point: ConsensusPoint, commitNum: number): ConsensusPoint {
  const next = point.joint.next;
  if (next === undefined || commitNum < point.since) return point;
  return { joint: { current: next }, since: 0, epoch: blockNumOf(point.since) };
}

/** The rules after the block with this header. The genesis block is final by definition: its producers start at once. */
export function consensusAfter(
  point: ConsensusPoint,
  header: Pick<BlockHeader, "blockNum" | "commitNum" | "newConsensus">,
): ConsensusPoint {
  const under = consensusUnder(point, header.commitNum);
  if (header.newConsensus === undefined) return under;
  if (header.blockNum === 1) {
    return { joint: { current: header.newConsensus }, since: 0, epoch: header.blockNum };
  }
  return {
    joint: { current: under.joint.current, next: header.newConsensus },
    since: header.blockNum,
    epoch: under.epoch,
  };
}
