import type { Chain } from "@kith/chain/chain";
import type { Applied } from "@kith/chain/ports";
import type { SealedBlock } from "@kith/protocol/block";
import type { ConsensusPoint } from "@kith/protocol/consensus-point";
import type { NodeId, Term } from "@kith/protocol/ids";
import type { NodeMessage } from "@kith/protocol/node-message";

import {
  requestAgainMs,
  snapshotChunksInFlight,
  snapshotChunksMax,
  snapshotIdleMs,
} from "./limits.ts";
import type { ClockPort, LinksPort, LogPort } from "./ports.ts";

type Offer = Extract<NodeMessage, { kind: "snapshot-offer" }>;
type Request = Extract<NodeMessage, { kind: "snapshot-request" }>;
type Chunk = Extract<NodeMessage, { kind: "snapshot-chunk" }>;

type SnapshotPorts = {
  readonly chain: Chain;
  readonly log: LogPort;
  readonly links: LinksPort;
  readonly clock: ClockPort;
  /** Only the leader offers: whoever else is linked, an observer say, cannot replace the state. */
  readonly leader: () => NodeId | undefined;
  /** The last block that this node knows to be final, so that an old offer is not taken. */
  readonly finalNum: () => number;
  /** Whether the block stands in this node's log, final or not. */
  readonly holds: (block: SealedBlock) => boolean;
  /** The block of an offer stands in this node's log: all the news is that it is final. */
  readonly onHeld: (from: NodeId, offer: Offer) => void;
  readonly onInstalled: (block: SealedBlock, consensus: ConsensusPoint) => void;
  /** Calls back when the state as it is now survives a power cut. */
  readonly flushState: (done: () => void) => void;
  readonly onBroken: (reason: string) => void;
};

type Open = {
  readonly id: number;
  readonly applied: Applied;
  readonly chunks: readonly Uint8Array[];
  touchedMs: number;
};

type Incoming = {
  readonly from: NodeId;
  readonly offer: Offer;
  readonly chunks: (Uint8Array | undefined)[];
  missing: number;
  nextRequest: number;
  cancel: () => void;
};

/**
 * Hands the whole state to a node that needs blocks from before the start of the log. The receiver asks for the
 * chunks a few at a time, checks that the rows give the offered root, and goes on with the blocks behind it.
 */
export class SnapshotExchange {
  readonly #ports: SnapshotPorts;
  #open: Open | undefined;
  #incoming: Incoming | undefined;
  #installing = false;
  #ids = 0;

  constructor(ports: SnapshotPorts) {
    this.#ports = ports;
  }

  /** The state is ahead of the log: until the log starts behind it, the core must not write. */
  get installing(): boolean {
    return this.#installing;
  }

  offer(to: NodeId, term: Term): void {
    const open = this.#openSnapshot();
    const read = open === undefined ? undefined : this.#ports.log.readBlock(open.applied.num);
    if (open === undefined || read?.kind !== "found") return;
    const { stateRoot, eventRoot } = open.applied;
    this.#ports.links.send(to, {
      kind: "snapshot-offer",
      term,
      block: read.block,
      stateRoot,
      eventRoot,
      snapshotId: open.id,
      chunks: open.chunks.length,
    });
  }

  receive(from: NodeId, message: Offer | Request | Chunk): void {
    switch (message.kind) {
      case "snapshot-offer":
        return this.#onOffer(from, message);
      case "snapshot-request":
        return this.#onRequest(from, message);
      case "snapshot-chunk":
        return this.#onChunk(from, message);
    }
  }

  #openSnapshot(): Open | undefined {
    const { monotonicMs } = this.#ports.clock.now();
    const logFirst = this.#ports.log.range()?.first ?? 0;
    // Behind a snapshot that is older than the log, the receiver would need another at once.
    if (this.#open !== undefined && this.#open.applied.num >= logFirst) {
      this.#open.touchedMs = monotonicMs;
      return this.#open;
    }
    const snapshot = this.#ports.chain.exportSnapshot();
    if (snapshot === undefined) return undefined;
    const wasOpen = this.#open !== undefined;
    this.#open = {
      id: ++this.#ids,
      applied: snapshot.applied,
      chunks: [...snapshot.chunks],
      touchedMs: monotonicMs,
    };
    if (!wasOpen) this.#closeWhenIdle();
    return this.#open;
  }

  #closeWhenIdle(): void {
    this.#ports.clock.after(snapshotIdleMs, () => {
      if (this.#open === undefined) return;
      const idleMs = this.#ports.clock.now().monotonicMs - this.#open.touchedMs;
      if (idleMs >= snapshotIdleMs) this.#open = undefined;
      else this.#closeWhenIdle();
    });
  }

  #onRequest(from: NodeId, { snapshotId, chunk }: Request): void {
    const data = this.#open?.id === snapshotId ? this.#open.chunks[chunk] : undefined;
    if (data === undefined || this.#open === undefined) return;
    this.#open.touchedMs = this.#ports.clock.now().monotonicMs;
    this.#ports.links.send(from, { kind: "snapshot-chunk", snapshotId, chunk, data });
  }

  #onOffer(from: NodeId, offer: Offer): void {
    if (from !== this.#ports.leader() || offer.chunks < 1 || offer.chunks > snapshotChunksMax)
      return;
    if (this.#installing || offer.block.header.blockNum <= this.#ports.finalNum()) return;
    // What follows the block in this log may be confirmed: a restart behind it would lose that (Raft section 7).
    if (this.#ports.holds(offer.block)) return this.#ports.onHeld(from, offer);
    if (this.#incoming?.from === from && isSame(this.#incoming.offer, offer)) return;
    this.#incoming?.cancel();
    this.#incoming = {
      from,
      offer,
      chunks: Array.from({ length: offer.chunks }),
      missing: offer.chunks,
      nextRequest: 0,
      cancel: () => undefined,
    };
    for (let count = 0; count < snapshotChunksInFlight; count++) this.#requestNext(this.#incoming);
    this.#askAgainWhenQuiet(this.#incoming);
  }

  #onChunk(from: NodeId, { snapshotId, chunk, data }: Chunk): void {
    const incoming = this.#incoming;
    if (incoming?.from !== from || incoming.offer.snapshotId !== snapshotId) return;
    if (chunk >= incoming.chunks.length || incoming.chunks[chunk] !== undefined) return;
    incoming.chunks[chunk] = data;
    incoming.missing--;
    this.#requestNext(incoming);
    this.#askAgainWhenQuiet(incoming);
    if (incoming.missing === 0) this.#install(incoming);
  }

  #requestNext(incoming: Incoming): void {
    if (incoming.nextRequest >= incoming.chunks.length) return;
    this.#request(incoming, incoming.nextRequest++);
  }

  #request(incoming: Incoming, chunk: number): void {
    const { snapshotId } = incoming.offer;
    this.#ports.links.send(incoming.from, { kind: "snapshot-request", snapshotId, chunk });
  }

  /** Lost requests and answers: after a quiet time, ask again for the first missing chunks; in the end, give the offer up. */
  #askAgainWhenQuiet(incoming: Incoming, attempts = 0): void {
    incoming.cancel();
    incoming.cancel = this.#ports.clock.after(requestAgainMs, () => {
      if (this.#incoming !== incoming) return;
      if (attempts >= attemptsMax) {
        this.#incoming = undefined;
        return;
      }
      let asked = 0;
      for (let chunk = 0; chunk < incoming.nextRequest && asked < snapshotChunksInFlight; chunk++) {
        if (incoming.chunks[chunk] !== undefined) continue;
        this.#request(incoming, chunk);
        asked++;
      }
      this.#askAgainWhenQuiet(incoming, attempts + 1);
    });
  }

  #install(incoming: Incoming): void {
    incoming.cancel();
    this.#incoming = undefined;
    const { block, stateRoot, eventRoot } = incoming.offer;
    if (block.header.blockNum <= this.#ports.finalNum() || this.#ports.holds(block)) return;
    const { blockNum, time } = block.header;
    const applied = { num: blockNum, id: block.id, time, stateRoot, eventRoot };
    const chunks = incoming.chunks.filter((chunk) => chunk !== undefined);
    // A snapshot that does not give its root is thrown away; the leader will offer another.
    if (!this.#ports.chain.installSnapshot(applied, chunks, block).ok) return;
    const consensus = this.#ports.chain.consensusPoint();
    if (consensus === undefined) {
      return this.#ports.onBroken("a snapshot without producers was installed");
    }
    this.#restartLog(block, consensus);
  }

  /**
   * Only when the state is durable does the log drop what it would be made again from. A crash before the log starts
   * behind the snapshot leaves a state that is ahead of the log and names its block: the next start goes on from there.
   */
  #restartLog(block: SealedBlock, consensus: ConsensusPoint): void {
    this.#installing = true;
    this.#ports.flushState(() => {
      this.#ports.log.restartAt(block, () => {
        this.#installing = false;
        this.#ports.onInstalled(block, consensus);
      });
    });
  }
}

/** A node that was started again counts its snapshots from 1 again. */
function isSame(a: Offer, b: Offer): boolean {
  return a.snapshotId === b.snapshotId && a.block.id === b.block.id && a.chunks === b.chunks;
}

const attemptsMax = 10;
