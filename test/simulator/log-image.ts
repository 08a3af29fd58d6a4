import type { Ballot } from "@kith/protocol/ballot";
import type { SealedBlock } from "@kith/protocol/block";
import type { BlockNum } from "@kith/protocol/ids";
import type { LogBatch } from "@kith/replica/ports";

/** What a log holds: the vote and consecutive blocks from `firstNum`. */
export type LogImage = {
  ballot: Ballot;
  firstNum: number;
  blocks: SealedBlock[];
};

export function copyOfLog({ ballot, firstNum, blocks }: LogImage): LogImage {
  return { ballot, firstNum, blocks: [...blocks] };
}

export function blockAt(image: LogImage, num: number): SealedBlock | undefined {
  return image.blocks[num - image.firstNum];
}

export function lastNum(image: LogImage): number {
  return image.firstNum + image.blocks.length - 1;
}

export function applyBatch(image: LogImage, batch: LogBatch): void {
  if (batch.ballot !== undefined) image.ballot = batch.ballot;
  if (batch.keepNum !== undefined) keepUpTo(image, batch.keepNum);
  const first = batch.blocks[0];
  if (first === undefined) return;
  if (image.blocks.length === 0) image.firstNum = first.header.blockNum;
  image.blocks.push(...batch.blocks);
}

export function startAgainAt(image: LogImage, block: SealedBlock): void {
  image.firstNum = block.header.blockNum;
  image.blocks = [block];
}

export function dropBlocks(image: LogImage, first: BlockNum): void {
  const count = Math.min(image.blocks.length, first - image.firstNum);
  if (count <= 0) return;
  image.blocks.splice(0, count);
  image.firstNum += count;
}

function keepUpTo(image: LogImage, num: BlockNum): void {
  const count = Math.max(0, num - image.firstNum + 1);
  if (count < image.blocks.length) image.blocks.length = count;
}
