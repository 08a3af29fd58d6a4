import type { PartitionShape } from "./partition.ts";

/** Mean times between faults are in seconds of virtual time; 0 means that this fault does not happen in this run. */
export type NetworkFaults = {
  readonly delayMicrosMin: number;
  readonly delayMicrosMean: number;
  readonly lossRate: number;
  readonly duplicateRate: number;
  /** Of the messages: so many come once more, much later. Never where messages keep their order. */
  readonly strayRate: number;
  readonly strayMicrosMax: number;
  /** True: messages between two nodes keep their order, as on one TCP connection. */
  readonly isOrdered: boolean;
  /** On the way from one node to another at most; the sender sees that what is more goes nowhere. */
  readonly linkMessagesMax: number;
  readonly clogSeconds: number;
  readonly clogMicrosMax: number;
  readonly partitionSeconds: number;
  readonly partitionMicrosMean: number;
  readonly partitionShapes: readonly PartitionShape[];
  readonly asymmetricShare: number;
};

export type DiskFaults = {
  readonly syncMicrosMin: number;
  readonly syncMicrosMean: number;
  readonly stallRate: number;
  readonly stallMicrosMax: number;
  /** Of the groups of writes: the write itself fails, or its fsync; the node stops. */
  readonly writeErrorRate: number;
  readonly fsyncErrorRate: number;
  /** Of the power cuts in the middle of a write: not all of its sectors are there afterwards. */
  readonly tornRate: number;
  /** After so many of the writes, what is in the write-ahead log is moved into the database file. */
  readonly checkpointRate: number;
  /** Of the blocks that are moved: so many arrive damaged, somewhere else, or not at all, and nobody is told. */
  readonly writeFaultRate: number;
  /** Of the blocks that are read from the disk: so many turn out to be damaged. */
  readonly readFaultRate: number;
  /** Mean time between two sectors that rot where they lie. */
  readonly rotSeconds: number;
  /** The newest blocks that a node need not read from its disk. */
  readonly cachedBlocksMax: number;
};

export type ProcessFaults = {
  readonly crashSeconds: number;
  readonly downMicrosMean: number;
  /** Of the crashes: unsynced writes are at risk, too. */
  readonly powerCutShare: number;
  /** Of the crashes: all nodes at once. */
  readonly allAtOnceShare: number;
  /** Of the crashes: down long enough to fall behind the start of the others' logs. */
  readonly longShare: number;
  /** Mean time between two disks that are copied, or put back from their copy, with all that is on them. */
  readonly oldDiskSeconds: number;
  readonly pauseSeconds: number;
  readonly pauseMicrosMax: number;
};

export type ClockFaults = {
  readonly skewMicrosMax: number;
  readonly driftMax: number;
  readonly jumpSeconds: number;
  readonly jumpMicrosMax: number;
};

export type Operations = {
  readonly transferSeconds: number;
  readonly changeSeconds: number;
  readonly readSeconds: number;
  readonly observerCount: number;
  readonly transactionSeconds: number;
  readonly clientCount: number;
  readonly invalidShare: number;
  /** How many nodes may lose their disks for ever; each has a new node that stands in for it. */
  readonly mortalCount: number;
  /** Mean time between two disks that are lost. */
  readonly reformatSeconds: number;
  /** Mean time between two rolling upgrades. */
  readonly upgradeSeconds: number;
};

/** What is healed at the end, before the network has to make progress: everything, or a quorum while all else stays broken. */
export type Healing = "everybody" | "quorum";

export type Faults = {
  readonly network: NetworkFaults;
  readonly disk: DiskFaults;
  readonly process: ProcessFaults;
  readonly clock: ClockFaults;
  readonly operations: Operations;
  readonly healing: Healing;
};
