import type { SealedBlock } from "@kith/protocol/block";
import { blockNumOf, type BlockNum } from "@kith/protocol/ids";
import type { CertifiedHeader } from "@kith/protocol/light-client";
import { messageBlocksMax } from "@kith/protocol/limits";
import type { NodeMessage } from "@kith/protocol/node-message";

import { blocksResponseBytesMax } from "./limits.ts";
import type { CertificatesPort, LogPort } from "./ports.ts";

/** What a node that lacks the blocks behind `after` gets. */
export type ChainAnswer =
  | Extract<NodeMessage, { kind: "chain-response" }>
  /** The log starts behind what it lacks: only a snapshot helps. */
  | "snapshot"
  /** Nothing that this node has can be shown to be final, nor is it what the receiver waits for. */
  | undefined;

type Sources = {
  readonly log: Pick<LogPort, "range" | "readBlock">;
  readonly certificates: Pick<CertificatesPort, "certificate" | "certifiedChanges">;
};

/**
 * Blocks in a row, and the certificate that makes the last of them final (decision 0110). The receiver knows the producers
 * after `after` and no later ones, so nothing goes behind the next block that changes them: from there it asks again.
 */
export function answerChainRequest(
  sources: Sources,
  after: BlockNum,
  proved?: BlockNum,
): ChainAnswer {
  const range = sources.log.range();
  if (range === undefined || after >= range.last) return undefined;
  if (after + 1 < range.first) return "snapshot";
  const [change] = sources.certificates.certifiedChanges(after, 1);
  const blocks = readBlocks(sources, after, change?.header.blockNum ?? range.last);
  const certified = certifiedAmong(sources, after, blocks.length);
  if (certified === undefined) return answerUnproved(blocks, after, proved);
  const { header, certificate } = certified;
  const count = header.blockNum - after;
  return { kind: "chain-response", blocks: blocks.slice(0, count), certificate };
}

/** The block that cannot be read and keeps this node from answering: others may have to give it a copy first. */
export function damageInTheWay(
  { log }: Pick<Sources, "log">,
  after: BlockNum,
): BlockNum | undefined {
  for (let num = blockNumOf(after + 1); ; num = blockNumOf(num + 1)) {
    const read = log.readBlock(num);
    if (read.kind === "corrupt") return num;
    if (read.kind === "absent") return undefined;
  }
}

/** Blocks that the receiver can prove itself, and only all of them. */
function answerUnproved(
  blocks: readonly SealedBlock[],
  after: BlockNum,
  proved: BlockNum | undefined,
): ChainAnswer {
  if (proved === undefined || proved <= after) return undefined;
  const wanted = blocks.slice(0, proved - after);
  const bytes = wanted.reduce((sum, block) => sum + block.bytes.length, 0);
  if (wanted.length < proved - after || bytes > blocksResponseBytesMax) return undefined;
  return { kind: "chain-response", blocks: wanted };
}

/** As many as one message should carry, and at least up to the first certificate: they are never further apart than a frame. */
function readBlocks(sources: Sources, after: BlockNum, lastNum: BlockNum): readonly SealedBlock[] {
  const blocks: SealedBlock[] = [];
  let bytes = 0;
  for (let num = after + 1; num <= lastNum; num += 1) {
    const read = sources.log.readBlock(blockNumOf(num));
    if (read.kind !== "found") break;
    bytes += read.block.bytes.length;
    const isEnough = bytes > blocksResponseBytesMax || blocks.length === messageBlocksMax;
    if (isEnough && certifiedAmong(sources, after, blocks.length) !== undefined) break;
    blocks.push(read.block);
  }
  return blocks;
}

/** The newest proof about one of the first `count` blocks behind `after`. */
function certifiedAmong(
  { certificates }: Sources,
  after: BlockNum,
  count: number,
): CertifiedHeader | undefined {
  if (count === 0) return undefined;
  return certificates.certificate(blockNumOf(after + 1), blockNumOf(after + count));
}
