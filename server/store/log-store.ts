import type { Ballot } from "@kith/protocol/ballot";
import type { SealedBlock } from "@kith/protocol/block";
import type { BlockId, BlockNum, Term } from "@kith/protocol/ids";

/** Applied whole or not at all: the vote, then forget the blocks after `keepNum`, then append. */
export type LogBatch = {
  readonly ballot?: Ballot;
  readonly keepNum?: BlockNum;
  readonly blocks: readonly SealedBlock[];
};

export type BlockRef = { readonly id: BlockId; readonly term: Term };

export type BlockRead =
  | { readonly kind: "found"; readonly block: SealedBlock }
  | { readonly kind: "absent" }
  /** The bytes are there and are not what was written: repair from peers, never truncate. */
  | { readonly kind: "corrupt"; readonly num: BlockNum };

/**
 * The port that `replica` declares (its `LogPort`), plus scrubbing and closing. Reads answer for everything that was
 * given to the log, also before it is on disk.
 */
export type LogStore = {
  ballot(): Ballot;
  range(): { readonly first: BlockNum; readonly last: BlockNum } | undefined;
  readBlock(num: BlockNum): BlockRead;
  /** Undefined when there is no such block, or its row is damaged. */
  blockRef(num: BlockNum): BlockRef | undefined;
  persist(batch: LogBatch, done: () => void): void;
  repairBlock(block: SealedBlock, done: () => void): void;
  restartAt(block: SealedBlock, done: () => void): void;
  dropBefore(first: BlockNum): void;
  /** Reads and checks `count` blocks from `from` on, past the cache: the numbers of those that are damaged. */
  scrub(from: BlockNum, count: number): readonly BlockNum[];
  /** After what was given to it is on disk. */
  close(): Promise<void>;
};
