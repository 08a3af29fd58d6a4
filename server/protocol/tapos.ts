import { blockNumOf, type BlockNum } from "./ids.ts";

/**
 * Which block a transaction's one byte of reference names (psibase specification, blockchain/tapos.md). It is counted
 * from the block that includes the transaction, and names the same block for as long as it names any: see decision
 * 0001.
 */
export const recentBlocks = 127;
export const milestoneInterval = 4096;
/** Indexes from here on name milestones: blocks whose number is a multiple of `milestoneInterval`. */
const firstMilestoneIndex = 128;
const indexMask = 127;

/** The index of a block as a recent one: right until 127 blocks have followed it. */
export function recentIndexOf(num: BlockNum): number {
  return num & indexMask;
}

/** The index of a milestone, or undefined for any other block: right until 127 milestones have followed. */
export function milestoneIndexOf(num: BlockNum): number | undefined {
  if (num % milestoneInterval !== 0) return undefined;
  return firstMilestoneIndex | (Math.floor(num / milestoneInterval) & indexMask);
}

/**
 * The block that `index` names in a transaction that block `including` carries: of 0 to 127 the newest of the last 127
 * blocks before it with this remainder, of 128 to 255 the newest such milestone before it. Undefined when there is
 * none.
 */
export function refBlockNum(index: number, including: BlockNum): BlockNum | undefined {
  if (!Number.isInteger(index) || index < 0 || index > 255) return undefined;
  const isMilestone = index >= firstMilestoneIndex;
  const unit = isMilestone ? milestoneInterval : 1;
  const newest = Math.floor((including - 1) / unit);
  const back = ((newest & indexMask) - (index & indexMask)) & indexMask;
  const num = (newest - back) * unit;
  return back < recentBlocks && num >= 1 ? blockNumOf(num) : undefined;
}
