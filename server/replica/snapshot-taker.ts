import type { SealedBlock } from "@kith/protocol/block";
import { certificateOfSnapshot } from "@kith/protocol/certificate-of-snapshot";
import type { Checkpoint } from "@kith/protocol/checkpoint";
import type { BlockNum, NodeId, Term } from "@kith/protocol/ids";
import type { NodeMessage } from "@kith/protocol/node-message";
import type { SnapshotManifest } from "@kith/protocol/snapshot-manifest";
import { verifySnapshotProof } from "@kith/protocol/snapshot-proof";
import type { StatementCheck } from "@kith/protocol/vote";

import { downloadStalledMs, offerRefusedMs } from "./limits.ts";
import { ManifestFetch } from "./manifest-fetch.ts";
import type { ClockPort, IncomingSnapshot, LinksPort, SnapshotsPort, StageFault } from "./ports.ts";
import { SnapshotDownload } from "./snapshot-download.ts";

type Answer = Extract<NodeMessage, { kind: "snapshot-offer" | "manifest-part" | "snapshot-chunk" }>;
type Offer = Extract<NodeMessage, { kind: "snapshot-offer" }>;

export type TakerPorts = {
  readonly snapshots: SnapshotsPort;
  readonly links: LinksPort;
  readonly clock: ClockPort;
  readonly isSigned: StatementCheck;
  /** What this node knows for certain about who produces; undefined in a network without a genesis block. */
  readonly trusted: () => Checkpoint | undefined;
  /** Only the state after a later block than this is of use: the newest final one, or the one before what this node has lost. */
  readonly neededAfter: () => number;
  /** Whether the block stands in this node's log, final or not, and the state after it can be made here. */
  readonly holds: (block: SealedBlock) => boolean;
  /** The block of an offer stands in this node's log: all the news is that it is final. */
  readonly onHeld: (from: NodeId, term: Term, block: SealedBlock) => void;
  /** Whether the core takes no snapshot without a certificate of its block. */
  readonly needsCertificate: () => boolean;
  /** A state was made of a snapshot, which may take the place of the node's own. */
  readonly onStaged: (incoming: IncomingSnapshot) => void;
};

type Taking = {
  readonly incoming: IncomingSnapshot;
  readonly download: SnapshotDownload;
  isStaging: boolean;
};

/** Takes what others offer, when a quorum has signed it: first what it consists of, then its chunks, then a state of them. */
export class SnapshotTaker {
  readonly #ports: TakerPorts;
  #fetch: ManifestFetch | undefined;
  /** While one offer is looked at, somebody else has made one. */
  #othersOffer = false;
  #taking: Taking | undefined;
  /** Until when offers of somebody are not looked at. */
  readonly #refused = new Map<NodeId, number>();

  constructor(ports: TakerPorts) {
    this.#ports = ports;
  }

  /** Goes on with what was there before this start, if anybody has the rest. */
  start(): void {
    if (this.#taking !== undefined) return;
    const incoming = this.#ports.snapshots.incoming();
    if (incoming === undefined) return;
    if (this.#isWorthless(incoming.manifest)) return incoming.discard();
    this.#take(incoming, undefined);
  }

  receive(from: NodeId, message: Answer): void {
    switch (message.kind) {
      case "snapshot-offer":
        return this.#onOffer(from, message);
      case "manifest-part":
        this.#fetch?.receive(from, message);
        return;
      case "snapshot-chunk":
        this.#taking?.download.receive(from, message);
        return;
    }
  }

  /** Blocks may have come instead. */
  onFinal(num: BlockNum): void {
    const taking = this.#taking;
    if (taking === undefined || taking.isStaging) return;
    if (num < taking.incoming.manifest.block.header.blockNum) return;
    this.#taking = undefined;
    taking.download.end();
    taking.incoming.discard();
  }

  #onOffer(from: NodeId, { block, term, snapshotId, manifestBytes }: Offer): void {
    const { clock, links, neededAfter, holds, onHeld } = this.#ports;
    const nowMs = clock.now().monotonicMs;
    if (block.header.blockNum <= neededAfter()) return;
    if (this.#fetch !== undefined) {
      if (this.#fetch.from !== from) this.#othersOffer = true;
      return;
    }
    // What follows the block in this log may be confirmed: a restart behind it would lose that (Raft section 7).
    if (holds(block)) return onHeld(from, term, block);
    if ((this.#refused.get(from) ?? 0) > nowMs || !this.#mayReplace(block, nowMs)) return;
    this.#othersOffer = false;
    this.#fetch = ManifestFetch.start({
      from,
      snapshotId,
      sizeBytes: manifestBytes,
      links,
      clock,
      done: (manifest) => {
        this.#fetch = undefined;
        if (manifest === undefined) {
          // It had its turn, and may have been cut off: only where others wait for theirs is it not heard at once.
          if (this.#othersOffer) this.#refuse(from);
          return;
        }
        if (manifest.block.id !== block.id || this.#isWorthless(manifest)) {
          return this.#refuse(from);
        }
        this.#leave();
        const incoming = this.#ports.snapshots.receive(manifest);
        if (incoming !== undefined) this.#take(incoming, from);
      },
    });
  }

  /** What is under way goes on while it gets anywhere. */
  #mayReplace(block: SealedBlock, nowMs: number): boolean {
    const taking = this.#taking;
    if (taking === undefined) return true;
    if (taking.isStaging || taking.incoming.manifest.block.id === block.id) return false;
    return nowMs - taking.download.progressMs > downloadStalledMs;
  }

  #isWorthless(manifest: SnapshotManifest): boolean {
    const { neededAfter, holds, trusted, isSigned, needsCertificate } = this.#ports;
    const checkpoint = trusted();
    if (checkpoint === undefined || manifest.block.header.blockNum <= neededAfter()) return true;
    if (holds(manifest.block) || !verifySnapshotProof(manifest, checkpoint, isSigned).ok)
      return true;
    return needsCertificate() && certificateOfSnapshot(manifest) === undefined;
  }

  #take(incoming: IncomingSnapshot, from: NodeId | undefined): void {
    const { links, clock } = this.#ports;
    const download = new SnapshotDownload({
      incoming,
      links,
      clock,
      onWhole: () => this.#stage(),
      onHopeless: () => {
        if (from !== undefined) this.#refuse(from);
        this.#leave();
      },
    });
    this.#taking = { incoming, download, isStaging: false };
    // All of it may have been there.
    download.start();
  }

  #stage(): void {
    const taking = this.#taking;
    if (taking === undefined) return;
    taking.isStaging = true;
    taking.incoming.stage((fault) => {
      if (this.#taking !== taking) return;
      taking.isStaging = false;
      if (fault !== undefined) return this.#onFault(taking, fault);
      this.#taking = undefined;
      const { manifest } = taking.incoming;
      const isLate = manifest.block.header.blockNum <= this.#ports.neededAfter();
      if (isLate || this.#ports.holds(manifest.block)) return taking.incoming.discard();
      this.#ports.onStaged(taking.incoming);
    });
  }

  #onFault(taking: Taking, fault: StageFault): void {
    // The disk has made something else of a chunk that was right when it came.
    if (fault.code === "snapshot-chunk-wrong") return taking.download.again(fault.chunk);
    this.#leave();
    if (fault.code !== "staging-failed") taking.incoming.discard();
  }

  #leave(): void {
    this.#taking?.download.end();
    this.#taking?.incoming.leave();
    this.#taking = undefined;
  }

  #refuse(from: NodeId): void {
    const nowMs = this.#ports.clock.now().monotonicMs;
    for (const [node, untilMs] of this.#refused) if (untilMs <= nowMs) this.#refused.delete(node);
    this.#refused.set(from, nowMs + offerRefusedMs);
  }
}
