import type { IndexValue } from "@kith/protocol/event-type";
import type { BlockNum } from "@kith/protocol/ids";
import type { MerkleNode } from "@kith/protocol/merkle";

import {
  sequenceEnd,
  sequenceOf,
  type BlockSpan,
  type EventBlock,
  type EventOfBlock,
  type EventQuery,
} from "./event-store.ts";
import type { NumberedVersion, Versions } from "./event-versions.ts";

/** An event that is not in the file yet. */
export class PendingEvent {
  readonly sequence: number;
  readonly version: NumberedVersion;
  readonly event: EventOfBlock;
  private values: readonly (IndexValue | undefined)[] | undefined;

  constructor(sequence: number, version: NumberedVersion, event: EventOfBlock) {
    this.sequence = sequence;
    this.version = version;
    this.event = event;
  }

  /** Computed when somebody needs them: mostly when the event is written, and not while the block is executed. */
  get indexValues(): readonly (IndexValue | undefined)[] {
    this.values ??=
      this.version.indexes.length === 0 ? [] : this.version.type.indexValues(this.event.data);
    return this.values;
  }
}

/** What an event takes in memory, or in the file, besides its data, roughly. */
export const eventOverheadBytes = 150;

/** The events of the blocks of a while, before they are in the file. */
export class PendingEvents {
  readonly events: PendingEvent[] = [];
  readonly versions: NumberedVersion[] = [];
  readonly blocks: EventBlock[] = [];
  readonly gaps: BlockSpan[] = [];
  readonly nodes: MerkleNode[] = [];
  /** By the number of the version: what its events take. */
  readonly sizes = new Map<number, number>();
  /** The last block, whether or not it has events. */
  lastNum: BlockNum | undefined;
  sizeBytes = 0;

  add(block: EventBlock, versions: Versions): void {
    for (const [place, event] of block.events.entries()) {
      const id = versions.number(event.service, event.declared, (version) => {
        this.versions.push(version);
      });
      const version = versions.get(id);
      if (version === undefined) throw new Error("a version without a number");
      this.events.push(new PendingEvent(sequenceOf(block.num, place), version, event));
      const sizeBytes = event.data.length + eventOverheadBytes;
      this.sizes.set(id, (this.sizes.get(id) ?? 0) + sizeBytes);
      this.sizeBytes += sizeBytes;
    }
    if (block.events.length > 0) this.blocks.push(block);
    this.nodes.push(...block.tree.nodes);
    this.lastNum = block.num;
  }

  /** What was not seen, and the subtrees that cover it: with them the blocks behind it can be proved. */
  addGap(gap: BlockSpan, { before }: EventBlock["tree"]): void {
    this.gaps.push(gap);
    for (const [height, hash] of before.blocks.subtrees.entries()) {
      if (hash === undefined) continue;
      const index = Math.floor(before.blocks.leaves / 2 ** height) - 1;
      this.nodes.push({ height, index, hash });
    }
  }

  /** What a query finds here, oldest first. */
  find({ service, event, index, from = 0, to = sequenceEnd }: EventQuery): readonly PendingEvent[] {
    return this.events.filter((pending) => {
      const { sequence, version } = pending;
      if (sequence < from || sequence >= to || version.service !== service) return false;
      if (event !== undefined && version.name !== event) return false;
      if (index === undefined) return true;
      const at = version.indexes.indexOf(index.field);
      return at !== -1 && isSameValue(pending.indexValues[at], index.value);
    });
  }
}

function isSameValue(a: IndexValue | undefined, b: IndexValue): boolean {
  if (!(a instanceof Uint8Array) || !(b instanceof Uint8Array)) return a === b;
  return a.length === b.length && a.every((byte, at) => byte === b[at]);
}
