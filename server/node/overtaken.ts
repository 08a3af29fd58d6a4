import type { Consensus, SealedBlock } from "@kith/protocol/block";
import { quorumSize } from "@kith/protocol/certificate";
import type { ConsensusPoint } from "@kith/protocol/consensus-point";
import type { BlockId, BlockNum, NodeId } from "@kith/protocol/ids";

/** What a node answers that was asked for blocks. */
export type BlocksAnswer = {
  readonly from: NodeId;
  readonly blocks: readonly SealedBlock[];
  readonly finalNum: BlockNum;
};

/**
 * Tells when damaged blocks need no copies any more, because the network went on without them: it made a block final that is behind all
 * that this node ever confirmed, or another block in the place of one of them. Then no quorum counted this node's copy.
 *
 * Under CFT one producer's word is enough; under BFT so many have to say it that they cannot all be liars.
 */
export class Overtaken {
  readonly #sets: readonly Consensus[];
  readonly #last: BlockNum;
  readonly #finalNums = new Map<NodeId, number>();
  /** The lowest damaged block in whose place the node has another one that is final. */
  readonly #overruled = new Map<NodeId, number>();

  /** `last` is the newest block of this node's log; `point` tells whom it knows as producers. */
  constructor({ joint: { current, next } }: ConsensusPoint, last: BlockNum) {
    this.#sets = next === undefined ? [current] : [current, next];
    this.#last = last;
  }

  note(
    { from, blocks, finalNum }: BlocksAnswer,
    idOf: (num: BlockNum) => BlockId | undefined,
  ): void {
    this.#finalNums.set(from, finalNum);
    for (const { id, header } of blocks) {
      const { blockNum } = header;
      const expected = idOf(blockNum);
      if (expected === undefined || expected === id || blockNum > finalNum) continue;
      this.#overruled.set(from, Math.min(blockNum, this.#overruled.get(from) ?? blockNum));
    }
  }

  /** Of these damaged blocks the first that may be dropped, with all that follow it. */
  firstOf(damaged: readonly BlockNum[]): BlockNum | undefined {
    const isPast = this.#isBelieved(this.#finalNums, (finalNum) => finalNum > this.#last);
    const dropped = damaged.filter(
      (num) => isPast || this.#isBelieved(this.#overruled, (overruled) => overruled <= num),
    );
    return dropped.toSorted((a, b) => a - b)[0];
  }

  #isBelieved(told: ReadonlyMap<NodeId, number>, isSaid: (value: number) => boolean): boolean {
    return this.#sets.some(({ algorithm, producers }) => {
      const liarsMax =
        algorithm === "bft" ? producers.length - quorumSize("bft", producers.length) : 0;
      const saying = producers.filter(({ node }) => {
        const value = told.get(node);
        return value !== undefined && isSaid(value);
      });
      return saying.length > liarsMax;
    });
  }
}
