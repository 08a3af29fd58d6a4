import type { SealedBlock } from "@kith/protocol/block";
import { blockNumOf, type BlockNum } from "@kith/protocol/ids";
import type { CertifiedHeader } from "@kith/protocol/light-client";
import { messageBlocksMax } from "@kith/protocol/limits";
import type { NodeMessage } from "@kith/protocol/node-message";

import { chainPartBytes, chainResponseBytesMax } from "./limits.ts";
import type { CertificatesPort, LogPort } from "./ports.ts";

/** What a node that lacks the blocks behind `after` gets. */
export type ChainAnswer =
  | { readonly kind: "message"; readonly message: ChainResponse }
  /** The log starts behind what it lacks: only a snapshot helps. */
  | { readonly kind: "too-old" }
  /** One message does not hold the blocks up to the first that can be shown to be final, as after long under CFT. */
  | { readonly kind: "too-long" }
  /** A block that cannot be read is in the way: others may have to give this node a copy first. */
  | { readonly kind: "damaged"; readonly num: BlockNum }
  /** Nothing that this node has can be shown to be final, nor is it what the receiver waits for. */
  | { readonly kind: "nothing" };

type ChainResponse = Extract<NodeMessage, { kind: "chain-response" }>;

export type ChainSources = {
  readonly log: Pick<LogPort, "range" | "readBlock">;
  readonly certificates: Pick<CertificatesPort, "certificate" | "certifiedChanges">;
};

type ReadBlocks = {
  readonly blocks: readonly SealedBlock[];
  /** Why there are no more, where a message would hold more. */
  readonly damagedNum: BlockNum | undefined;
  /** More do not fit into a message. */
  readonly isFull: boolean;
};

/**
 * Blocks in a row, and the certificate that makes the last of them final (decision 0110). The receiver knows the producers
 * after `after` and no later ones, so nothing goes behind the next block that changes them: from there it asks again.
 */
export function answerChainRequest(
  sources: ChainSources,
  after: BlockNum,
  proved?: BlockNum,
): ChainAnswer {
  const range = sources.log.range();
  if (range === undefined || after >= range.last) return { kind: "nothing" };
  if (after + 1 < range.first) return { kind: "too-old" };
  const [change] = sources.certificates.certifiedChanges(after, 1);
  const read = readBlocks(sources, after, change?.header.blockNum ?? range.last);
  const certified = certifiedAmong(sources, after, read.blocks.length);
  if (certified === undefined) return answerUnproved(read, after, proved);
  const { header, certificate } = certified;
  const blocks = read.blocks.slice(0, header.blockNum - after);
  return { kind: "message", message: { kind: "chain-response", blocks, certificate } };
}

/** Blocks that the receiver can prove itself, and only all of them. */
function answerUnproved(
  { blocks, damagedNum, isFull }: ReadBlocks,
  after: BlockNum,
  proved: BlockNum | undefined,
): ChainAnswer {
  const count = proved === undefined ? 0 : Math.max(0, proved - after);
  const wanted = blocks.slice(0, count);
  const bytes = wanted.reduce((sum, block) => sum + block.bytes.length, 0);
  if (count > 0 && wanted.length === count && bytes <= chainPartBytes) {
    return { kind: "message", message: { kind: "chain-response", blocks: wanted } };
  }
  if (damagedNum !== undefined) return { kind: "damaged", num: damagedNum };
  return { kind: isFull ? "too-long" : "nothing" };
}

/** As many as one message should carry; up to the first certificate, as many as it can. */
function readBlocks(sources: ChainSources, after: BlockNum, lastNum: BlockNum): ReadBlocks {
  const blocks: SealedBlock[] = [];
  const ended = { blocks, damagedNum: undefined, isFull: false };
  let bytes = 0;
  for (let num = blockNumOf(after + 1); num <= lastNum; num = blockNumOf(num + 1)) {
    if (blocks.length === messageBlocksMax) return { ...ended, isFull: true };
    const read = sources.log.readBlock(num);
    if (read.kind === "corrupt") return { ...ended, damagedNum: num };
    if (read.kind === "absent") return ended;
    bytes += read.block.bytes.length;
    if (bytes > chainResponseBytesMax) return { ...ended, isFull: true };
    const isEnough = bytes > chainPartBytes;
    if (isEnough && certifiedAmong(sources, after, blocks.length) !== undefined) return ended;
    blocks.push(read.block);
  }
  return ended;
}

/** The newest proof about one of the first `count` blocks behind `after`. */
function certifiedAmong(
  { certificates }: ChainSources,
  after: BlockNum,
  count: number,
): CertifiedHeader | undefined {
  if (count === 0) return undefined;
  return certificates.certificate(blockNumOf(after + 1), blockNumOf(after + count));
}
