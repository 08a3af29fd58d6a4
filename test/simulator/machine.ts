import type { Applied } from "@kith/chain/ports";
import type { ScrubPorts } from "@kith/node/scrub-log";
import type { Algorithm, Producer, SealedBlock } from "@kith/protocol/block";
import type { Evidence } from "@kith/protocol/evidence";
import type { NodeId } from "@kith/protocol/ids";
import type { NodeMessage, Roster } from "@kith/protocol/node-message";
import type { ClockPort, LinksPort, LogPort } from "@kith/replica/ports";

/** What became of a transaction that a client handed to a node. */
export type Outcome =
  | { readonly kind: "final"; readonly blockNum: number; readonly isExecuted: boolean }
  | { readonly kind: "refused"; readonly code: string }
  | { readonly kind: "unavailable" };

export type MachineStatus = {
  readonly role: string;
  readonly term: number;
  readonly leader: NodeId | undefined;
  readonly finalNum: number;
  readonly executedNum: number;
};

/** One incarnation of a node's program: it lives from a boot to the next crash. */
export type Machine = {
  receive(from: NodeId, message: NodeMessage): void;
  submit(transaction: Uint8Array, done: (outcome: Outcome) => void): void;
  readIndex(done: (num: number | undefined) => void): void;
  transfer(to: NodeId): void;
  onPeersChanged(): void;
  status(): MachineStatus;
};

/** The mark beside a log that says whether the node knows all that it ever said (decision 0140). */
export type MemoryPort = {
  /** This node may have said what is not on its disk. */
  readonly isDoubtful: boolean;
  /** Durable when it returns. */
  note(isWhole: boolean): void;
};

/** What a machine runs on: the product's own ports, to a simulated machine room. */
export type MachinePorts = {
  readonly self: NodeId;
  readonly randomSeed: number;
  /** Counts the upgrades of this node: each release of the program is tuned differently. */
  readonly release: number;
  /** Who produces, on the word of a node that was named to a new one. */
  readonly roster: Roster | undefined;
  readonly log: LogPort & ScrubPorts["log"];
  readonly links: LinksPort;
  readonly clock: ClockPort;
  readonly memory: MemoryPort;
  readonly onExecuted: (applied: Applied) => void;
  readonly onEvidence: (evidence: Evidence) => void;
  readonly onBroken: (reason: string) => void;
  /** The disk has lost what no other node can give back: this node never starts again. */
  readonly stopForGood: (reason: string) => never;
  /** The boundary of an effect on state.db: a crash may come here. */
  readonly boundary: (place: "before" | "after") => void;
};

/** A node's program with its state.db, over all incarnations. */
export type Program = {
  boot(ports: MachinePorts): Machine;
  /** After a power cut the newest blocks of state.db may be gone; they are executed again from the log. */
  crash(isPowerCut: boolean): void;
  /** Copies state.db while nobody has it open; what is returned puts the copy in its place. Where it is missing, nothing is put back. */
  copy?(): () => void;
  executedNum(): number;
  /** Who produces, as far as this node knows: what it tells a new one. */
  roster(): Roster | undefined;
  /** The block that this node's state says executed the transaction. */
  executedIn(id: string): number | undefined;
  /** Counted by a service, apart from receipts: how many transactions of this client were executed. */
  tally(client: number): number;
};

export type Draft = {
  /** The number of the client; -1: somebody whose transactions are not counted. */
  readonly client: number;
  readonly id: string;
  readonly bytes: Uint8Array;
  readonly isValid: boolean;
  /** From this block time on a node may have forgotten what became of it. */
  readonly expiresMicros: number;
};

/** What a client knows when it makes a transaction: the newest final block, and the time. */
export type View = { readonly block: SealedBlock; readonly wallMicros: number };

/** The program under test: the real replica with its chain, or the consensus core with a thin executor. */
export type Subject = {
  readonly genesis: SealedBlock;
  /** At genesis. */
  readonly algorithm: Algorithm;
  program(node: number): Program;
  idsOf(block: SealedBlock): readonly string[];
  draft(client: number, view: View): Draft;
  draftChange(producers: readonly Producer[], view: View): Draft;
  /** From now on nobody proposes a change that was asked for: the quorum that is to go on may not be one of its producers. */
  endChanges?(): void;
};
