import type { Ballot } from "@kith/protocol/ballot";
import type { SealedBlock } from "@kith/protocol/block";
import type { BlockId, BlockNum, Term } from "@kith/protocol/ids";
import type { CertifiedHeader } from "@kith/protocol/light-client";

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
 * The ports that `replica` declares (its `LogPort` and `CertificatesPort`), plus scrubbing and closing. Reads answer for everything that was
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
  /**
   * Keeps a proof that a block is final. Those of blocks that change the producers stay for ever, also when the log is
   * restarted; of the others the newest, and some for the blocks in the log. Cheap enough for every block.
   */
  keepCertificate(certified: CertifiedHeader): void;
  /** The proof about the highest block from `from` to `to`; a damaged one counts as none. */
  certificate(from: BlockNum, to: BlockNum): CertifiedHeader | undefined;
  /** Of blocks behind `after` that change the producers, oldest first; ends before a damaged one. */
  certifiedChanges(after: BlockNum, countMax: number): readonly CertifiedHeader[];
  /** Reads and checks `count` blocks from `from` on, past the cache: the numbers of those that are damaged. */
  scrub(from: BlockNum, count: number): readonly BlockNum[];
  /** After what was given to it is on disk. */
  close(): Promise<void>;
};
