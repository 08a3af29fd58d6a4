import type { SealedBlock } from "@kith/protocol/block";
import type { Certificate } from "@kith/protocol/certificate";
import { blockNumOf, type BlockNum } from "@kith/protocol/ids";
import type { CertifiedHeader } from "@kith/protocol/light-client";
import type { ConsensusMessage } from "@kith/protocol/node-message";
import { answerChainRequest } from "@kith/replica/chain-response";
import type { OtherEffect } from "@kith/replica/core";
import type { BlockRead } from "@kith/replica/ports";
import { storedAppend } from "@kith/replica/stored-blocks";

type SendChain = Extract<OtherEffect, { kind: "send-chain" }>;
type SendStored = Extract<OtherEffect, { kind: "send-stored" }>;

/** What is on a node's disk, for those who missed it: as the product answers them. */
export class KeptBlocks {
  certificate: Certificate | undefined;
  readonly #blocks = new Map<number, SealedBlock>();
  #lastNum = 0;

  keep(block: SealedBlock): void {
    const { blockNum } = block.header;
    this.#blocks.set(blockNum, block);
    this.#lastNum = Math.max(this.#lastNum, blockNum);
  }

  at(num: number): SealedBlock {
    const block = this.#blocks.get(num);
    if (block === undefined) throw new Error(`block ${num} is final and was never written`);
    return block;
  }

  /** The answer to a question under BFT. */
  chain({ after, proved }: SendChain): ConsensusMessage | undefined {
    const log = {
      range: () => ({ first: blockNumOf(1), last: blockNumOf(this.#lastNum) }),
      readBlock: (num: BlockNum) => this.#read(num),
    };
    const certificates = {
      certificate: (from: BlockNum, to: BlockNum) => this.#certified(from, to),
      // Producers stay who they are.
      certifiedChanges: () => [],
    };
    const answer = answerChainRequest({ log, certificates }, after.num, proved);
    return answer.kind === "message" ? answer.message : undefined;
  }

  /** For a follower under CFT. */
  append(effect: SendStored): ConsensusMessage | undefined {
    return storedAppend({ readBlock: (num) => this.#read(num) }, effect);
  }

  #read(num: BlockNum): BlockRead {
    const block = this.#blocks.get(num);
    return block === undefined ? { kind: "absent" } : { kind: "found", block };
  }

  #certified(from: number, to: number): CertifiedHeader | undefined {
    const { certificate } = this;
    if (certificate === undefined || certificate.num < from || certificate.num > to)
      return undefined;
    return { header: this.at(certificate.num).header, certificate };
  }
}
