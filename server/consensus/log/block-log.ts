import type { SealedBlock } from "@kith/protocol/block";
import type { BlockId } from "@kith/protocol/ids";

/** A block without its contents. */
export type BlockRef = {
  readonly num: number;
  readonly id: BlockId;
  readonly term: number;
  /** Microseconds since the Unix epoch. */
  readonly time: number;
};

function refOf(block: SealedBlock): BlockRef {
  const { blockNum, term, time } = block.header;
  return { num: blockNum, id: block.id, term, time };
}

/**
 * The newest blocks, by number in constant time: a ring that grows to what is not final plus the recent blocks that
 * are kept. Behind it stands the anchor, the block before the oldest one in memory.
 */
export class BlockLog {
  #anchor: BlockRef;
  #head: BlockRef;
  #slots: (SealedBlock | undefined)[] = Array.from({ length: 16 });
  /** For each slot, the bytes of all blocks ever appended up to and including it. */
  #bytesUpTo: number[] = Array.from({ length: 16 }, () => 0);
  #anchorBytes = 0;

  constructor(anchor: BlockRef) {
    this.#anchor = anchor;
    this.#head = anchor;
  }

  get anchor(): BlockRef {
    return this.#anchor;
  }

  get head(): BlockRef {
    return this.#head;
  }

  /** The oldest block in memory; one more than the head's number when there is none. */
  get firstNum(): number {
    return this.#anchor.num + 1;
  }

  block(num: number): SealedBlock | undefined {
    if (num <= this.#anchor.num || num > this.#head.num) return undefined;
    return this.#slots[num & (this.#slots.length - 1)];
  }

  /** Undefined below the anchor and above the head. */
  idAt(num: number): BlockId | undefined {
    return num === this.#anchor.num ? this.#anchor.id : this.block(num)?.id;
  }

  termAt(num: number): number | undefined {
    return num === this.#anchor.num ? this.#anchor.term : this.block(num)?.header.term;
  }

  /** The bytes of the blocks after `from` up to `to`, both in memory. */
  bytesBetween(from: number, to: number): number {
    return this.#bytesAt(to) - this.#bytesAt(from);
  }

  append(block: SealedBlock): void {
    const num = this.#head.num + 1;
    if (num - this.#anchor.num > this.#slots.length) this.#grow();
    const slot = num & (this.#slots.length - 1);
    this.#bytesUpTo[slot] = this.#bytesAt(num - 1) + block.bytes.length;
    this.#slots[slot] = block;
    this.#head = refOf(block);
  }

  /** Forgets the blocks after `keepNum` and returns them, oldest first. */
  truncate(keepNum: number): readonly SealedBlock[] {
    const dropped: SealedBlock[] = [];
    for (let num = keepNum + 1; num <= this.#head.num; num += 1) {
      const block = this.block(num);
      if (block !== undefined) dropped.push(block);
      this.#slots[num & (this.#slots.length - 1)] = undefined;
    }
    const head = this.block(keepNum);
    this.#head = head === undefined ? this.#anchor : refOf(head);
    return dropped;
  }

  /** Takes the oldest block out of memory. */
  forgetFirst(): void {
    const num = this.firstNum;
    const block = this.block(num);
    if (block === undefined) return;
    this.#anchorBytes = this.#bytesAt(num);
    this.#slots[num & (this.#slots.length - 1)] = undefined;
    this.#anchor = refOf(block);
  }

  #bytesAt(num: number): number {
    if (num <= this.#anchor.num) return this.#anchorBytes;
    return this.#bytesUpTo[num & (this.#slots.length - 1)] ?? 0;
  }

  #grow(): void {
    const size = this.#slots.length * 2;
    const slots: (SealedBlock | undefined)[] = Array.from({ length: size });
    const bytesUpTo: number[] = Array.from({ length: size }, () => 0);
    for (let num = this.firstNum; num <= this.#head.num; num += 1) {
      slots[num & (size - 1)] = this.block(num);
      bytesUpTo[num & (size - 1)] = this.#bytesAt(num);
    }
    this.#slots = slots;
    this.#bytesUpTo = bytesUpTo;
  }
}
