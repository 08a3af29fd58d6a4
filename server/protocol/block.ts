import type { AccountName, BlockId, BlockNum, Checksum, NodeId, Term } from "./ids.ts";

export type Algorithm = "cft" | "bft";

/** A node whose vote counts. On the wire the node is its public key as SPKI. */
export type Producer = { readonly account: AccountName; readonly node: NodeId };

export type Consensus = { readonly algorithm: Algorithm; readonly producers: readonly Producer[] };

/** psibase's JointConsensus: the rules in force and, while a change is under way, those that follow. */
export type JointConsensus = { readonly current: Consensus; readonly next?: Consensus };

export type BlockHeader = {
  readonly previous: BlockId;
  readonly blockNum: BlockNum;
  /** Microseconds since the Unix epoch; strictly greater than the previous block's. */
  readonly time: number;
  readonly producer: AccountName;
  readonly term: Term;
  /** The highest block that the producer knew to be final. */
  readonly commitNum: BlockNum;
  /** sha256 of the packed JointConsensus that this block was made under. */
  readonly consensusState: Checksum;
  readonly trxMerkleRoot: Checksum;
  /** `stateRoot` and `eventRoot` are those after executing this block; below `blockNum`, 0 for none. */
  readonly executedNum: BlockNum;
  readonly stateRoot: Checksum;
  readonly eventRoot: Checksum;
  /** The consensus that this block starts to change to; it is in force when this block is final. */
  readonly newConsensus?: Consensus;
};

/** A block with what is derived from it once, when it is made or decoded. */
export type SealedBlock = {
  readonly id: BlockId;
  readonly header: BlockHeader;
  /** Packed SignedTransactions, opaque to consensus. */
  readonly transactions: readonly Uint8Array[];
  /** The packed Block: what is stored and sent. */
  readonly bytes: Uint8Array;
};
