import { checkChunk } from "@kith/chain/check-chunk";
import type { NodeId } from "@kith/protocol/ids";
import type { NodeMessage } from "@kith/protocol/node-message";

import { ChunkPeer } from "./chunk-peer.ts";
import { downloadHopelessMs, downloadLookMs } from "./limits.ts";
import type { ClockPort, IncomingSnapshot, LinksPort } from "./ports.ts";

type Chunk = Extract<NodeMessage, { kind: "snapshot-chunk" }>;

type DownloadPorts = {
  readonly incoming: IncomingSnapshot;
  readonly links: LinksPort;
  readonly clock: ClockPort;
  readonly onWhole: () => void;
  /** Nobody has what is missing, or the disk is full. What has arrived stays. */
  readonly onHopeless: () => void;
};

/**
 * Gets the chunks of a snapshot from everybody who has it, a few at a time from each. Each is checked against the signed root when it
 * comes, so that nobody has to be trusted; whoever lies is not asked again, and what is late is asked elsewhere.
 */
export class SnapshotDownload {
  readonly #ports: DownloadPorts;
  readonly #peers = new Map<NodeId, ChunkPeer>();
  /** To be asked for, the next one last. */
  readonly #wanted: number[] = [];
  #missing: number;
  #progressMs: number;
  #cancel = (): void => undefined;
  #isEnded = false;

  constructor(ports: DownloadPorts) {
    this.#ports = ports;
    this.#missing = ports.incoming.manifest.chunks.count;
    this.#progressMs = ports.clock.now().monotonicMs;
  }

  start(): void {
    this.#checkStored(0);
  }

  /** Since when no chunk has come. */
  get progressMs(): number {
    return this.#progressMs;
  }

  receive(from: NodeId, { block, chunk, data }: Chunk): void {
    const { incoming, clock } = this.#ports;
    if (this.#isEnded || block !== incoming.manifest.block.id) return;
    const peer = this.#peers.get(from);
    // What is late may have been asked elsewhere, and have come from there.
    if (peer?.answered(chunk) !== true) return;
    const nowMs = clock.now().monotonicMs;
    if (data === undefined) {
      this.#want(chunk, ...peer.rest(nowMs));
    } else if (checkChunk(incoming.manifest, chunk, data) !== undefined) {
      this.#want(chunk, ...peer.drop());
    } else {
      peer.served();
      if (!incoming.write(chunk, data)) return this.#giveUp();
      this.#progressMs = nowMs;
      this.#noteThere();
    }
    this.#ask();
  }

  /** A chunk that was there is not what it was. */
  again(chunk: number): void {
    this.#missing += 1;
    this.#isEnded = false;
    this.#progressMs = this.#ports.clock.now().monotonicMs;
    this.#want(chunk);
    this.#look();
  }

  end(): void {
    this.#isEnded = true;
    this.#cancel();
  }

  /** One after the other, with everything else in between. */
  #checkStored(from: number): void {
    const { incoming, clock } = this.#ports;
    if (this.#isEnded) return;
    const { count } = incoming.manifest.chunks;
    for (let at = from; at < count; at += 1) {
      const stored = incoming.read(at);
      if (stored === undefined) {
        this.#want(at);
        continue;
      }
      if (checkChunk(incoming.manifest, at, stored) === undefined) this.#missing -= 1;
      else this.#want(at);
      this.#cancel = clock.after(0, () => this.#checkStored(at + 1));
      return;
    }
    this.#wanted.reverse();
    this.#progressMs = clock.now().monotonicMs;
    if (this.#missing === 0) this.#finish();
    else this.#look();
  }

  #want(...chunks: readonly number[]): void {
    this.#wanted.push(...chunks);
  }

  #noteThere(): void {
    this.#missing -= 1;
    if (this.#missing === 0) this.#finish();
  }

  #finish(): void {
    this.end();
    this.#ports.onWhole();
  }

  #giveUp(): void {
    this.end();
    this.#ports.onHopeless();
  }

  /** Whoever is connected may have it. Each in turn is asked for one more, so that all share the work. */
  #ask(): void {
    if (this.#isEnded) return;
    const { links, clock, incoming } = this.#ports;
    const nowMs = clock.now().monotonicMs;
    const { id: block } = incoming.manifest.block;
    let open = links.connected();
    while (this.#wanted.length > 0 && open.length > 0) {
      open = open.filter((node) => {
        const peer = this.#peerOf(node);
        const chunk = this.#wanted.at(-1);
        if (chunk === undefined || !peer.hasRoom(nowMs)) return false;
        if (!links.send(node, { kind: "snapshot-request", block, chunk })) return false;
        this.#wanted.pop();
        peer.ask(chunk, nowMs);
        return true;
      });
    }
  }

  #peerOf(node: NodeId): ChunkPeer {
    const known = this.#peers.get(node);
    if (known !== undefined) return known;
    const peer = new ChunkPeer();
    this.#peers.set(node, peer);
    return peer;
  }

  #look(): void {
    if (this.#isEnded) return;
    const { clock } = this.#ports;
    const nowMs = clock.now().monotonicMs;
    if (nowMs - this.#progressMs > downloadHopelessMs) return this.#giveUp();
    for (const peer of this.#peers.values()) {
      if (peer.isLate(nowMs)) this.#want(...peer.rest(nowMs));
    }
    this.#ask();
    this.#cancel = clock.after(downloadLookMs, () => this.#look());
  }
}
