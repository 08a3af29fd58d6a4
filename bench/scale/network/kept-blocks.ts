import type { SealedBlock } from "@kith/protocol/block";
import type { Certificate } from "@kith/protocol/certificate";
import { blockNumOf } from "@kith/protocol/ids";
import type { ConsensusMessage } from "@kith/protocol/node-message";
import type { OtherEffect } from "@kith/replica/core";

type SendChain = Extract<OtherEffect, { kind: "send-chain" }>;
type SendStored = Extract<OtherEffect, { kind: "send-stored" }>;

/** What is on a node's disk, for those who missed it. */
export class KeptBlocks {
  certificate: Certificate | undefined;
  readonly #blocks = new Map<number, SealedBlock>();

  keep(block: SealedBlock): void {
    this.#blocks.set(block.header.blockNum, block);
  }

  at(num: number): SealedBlock {
    const block = this.#blocks.get(num);
    if (block === undefined) throw new Error(`block ${num} is final and was never written`);
    return block;
  }

  /** The answer to a question under BFT. */
  chain({ after }: SendChain): ConsensusMessage | undefined {
    const { certificate } = this;
    if (certificate === undefined || certificate.num <= after.num) return undefined;
    const blocks = this.#between(after.num + 1, certificate.num);
    return { kind: "chain-response", blocks, certificate };
  }

  /** For a follower under CFT. */
  append(effect: SendStored): ConsensusMessage | undefined {
    const { firstNum, lastNum, term, commitNum, round } = effect;
    const blocks = this.#between(firstNum, lastNum);
    const previousNum = blockNumOf(firstNum - 1);
    const previousId = blocks[0]?.header.previous;
    if (previousId === undefined) return undefined;
    return { kind: "append", term, previousNum, previousId, blocks, commitNum, round };
  }

  #between(first: number, last: number): readonly SealedBlock[] {
    const blocks: SealedBlock[] = [];
    for (let num = first; num <= last; num += 1) {
      const block = this.#blocks.get(num);
      if (block !== undefined) blocks.push(block);
    }
    return blocks;
  }
}
