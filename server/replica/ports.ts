import type { SnapshotError } from "@kith/chain/errors";
import type { Applied } from "@kith/chain/ports";
import type { ConsensusEffect } from "@kith/consensus/core/effect";
import type { Now } from "@kith/consensus/core/input";
import type { Ballot } from "@kith/protocol/ballot";
import type { SealedBlock } from "@kith/protocol/block";
import type { BlockId, BlockNum, NodeId, Term } from "@kith/protocol/ids";
import type { CertifiedHeader } from "@kith/protocol/light-client";
import type { NodeMessage } from "@kith/protocol/node-message";
import type { SnapshotManifest, SnapshotProof } from "@kith/protocol/snapshot-manifest";

/** One batch of the log: what one `persist` effect asks for. Applied whole or not at all. */
export type LogBatch = Omit<Extract<ConsensusEffect, { kind: "persist" }>, "kind" | "write">;

export type BlockRead =
  | { readonly kind: "found"; readonly block: SealedBlock }
  | { readonly kind: "absent" }
  /** The bytes are there and are not what was written: repair from peers, never truncate. */
  | { readonly kind: "corrupt"; readonly num: BlockNum };

/** `log.db`: blocks and the vote. */
export type LogPort = {
  ballot(): Ballot;
  /** The oldest and the newest stored block; undefined for an empty log. */
  range(): { readonly first: BlockNum; readonly last: BlockNum } | undefined;
  readBlock(num: BlockNum): BlockRead;
  /** Id and term of a stored block, without reading its transactions. */
  blockRef(num: BlockNum): { readonly id: BlockId; readonly term: Term } | undefined;
  /**
   * Appends in order, in groups; `done` is called in order when the batch survives a power cut. A failed write or
   * fsync never calls `done`: it stops the node.
   */
  persist(batch: LogBatch, done: () => void): void;
  /** Puts a good copy in the place of an unreadable block; the caller has checked its id against its successor. */
  repairBlock(block: SealedBlock, done: () => void): void;
  /** Forgets everything and starts again behind `block`, whose state a snapshot brought. */
  restartAt(block: SealedBlock, done: () => void): void;
  /** Drops blocks below `first`; only called for blocks whose effects are durable in state.db. */
  dropBefore(first: BlockNum): void;
};

/** Proofs of finality, for those who were away. */
export type CertificatesPort = {
  /** Cheap enough for every block; which are kept for how long is the port's to decide. */
  keepCertificate(certified: CertifiedHeader): void;
  /** The one about the highest block from `from` to `to`. */
  certificate(from: BlockNum, to: BlockNum): CertifiedHeader | undefined;
  /** Those about blocks behind `after` that change the producers, oldest first. */
  certifiedChanges(after: BlockNum, countMax: number): readonly CertifiedHeader[];
};

/** Links to other nodes: encrypted, authenticated, ordered while a connection lives, lossy over reconnects. */
export type LinksPort = {
  /** False when the message was dropped: no connection, or its queue is full. */
  send(to: NodeId, message: NodeMessage): boolean;
  connected(): readonly NodeId[];
};

export type ClockPort = {
  now(): Now;
  /** Calls back once after about this many milliseconds of monotonic time; returns a cancel function. */
  after(delayMs: number, run: () => void): () => void;
};

/** One signature to check: the message, the SPKI public key and the signature. */
export type SignatureCheck = {
  readonly message: Uint8Array;
  readonly publicKey: Uint8Array;
  readonly signature: Uint8Array;
};

/**
 * Checks signatures off the main path; `done` may be called before `verify` returns. `hurried`: somebody waits for
 * nothing but this, so that a check on the spot is right when it holds nobody else up.
 */
export type VerifierPort = {
  verify(
    checks: readonly SignatureCheck[],
    done: (valid: boolean) => void,
    hurried?: boolean,
  ): void;
};

/** A whole snapshot, which this node hands to others. */
export type CompleteSnapshot = {
  readonly manifest: SnapshotManifest;
  /** The manifest as it travels. */
  readonly packed: Uint8Array;
  /** Undefined when the disk does not give it. */
  chunk(at: number): Uint8Array | undefined;
};

/** The rows of a snapshot that is made, which lack what proves them. */
export type SnapshotRows = {
  readonly applied: Applied;
  /** Undefined when the disk had no room. */
  finish(
    ends: { readonly block: SealedBlock; readonly proof: SnapshotProof },
    done: (snapshot: CompleteSnapshot | undefined) => void,
  ): void;
  abandon(): void;
};

export type StageFault =
  | SnapshotError
  /** The disk has no room, say; what has arrived is still there. */
  | { readonly code: "staging-failed"; readonly message: string };

/** What has arrived of another node's snapshot. It is on the disk: a start goes on from there. */
export type IncomingSnapshot = {
  readonly manifest: SnapshotManifest;
  /** A chunk that was written before, perhaps before the last start: what the disk has made of it is to be checked. */
  read(at: number): Uint8Array | undefined;
  /** False when the disk does not take it. */
  write(at: number, bytes: Uint8Array): boolean;
  /** Makes a state of all chunks beside the node's own, without holding anybody up; undefined when it is there, and durable. */
  stage(done: (fault: StageFault | undefined) => void): void;
  /** The state that was staged takes the place of the node's own; durable when `done` is called. */
  adopt(done: () => void): void;
  /** Nothing more is read or written of it: what has arrived stays for whoever receives the same snapshot again. */
  leave(): void;
  discard(): void;
};

/** Snapshots on the disk of this node: one that it hands out at most, and one that it gets. */
export type SnapshotsPort = {
  /** About how many bytes a snapshot would take. */
  sizeBytes(): number;
  complete(): CompleteSnapshot | undefined;
  dropComplete(): void;
  /** Until `release`, or until rows are read: what is committed stays apart from the state before. */
  hold(done: () => void): void;
  release(): void;
  /** The rows of the state as it is at this moment, while it is held; undefined when they could not be read. */
  makeRows(done: (rows: SnapshotRows | undefined) => void): void;
  /** What had arrived before the last start. */
  incoming(): IncomingSnapshot | undefined;
  /** Goes on with what has arrived of the same snapshot; whatever else is there goes. Undefined when the disk has no room. */
  receive(manifest: SnapshotManifest): IncomingSnapshot | undefined;
};
