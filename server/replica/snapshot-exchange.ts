import type { Chain } from "@kith/chain/chain";
import type { BlockHeader, SealedBlock } from "@kith/protocol/block";
import type { Certificate } from "@kith/protocol/certificate";
import {
  certificateOfSnapshot,
  certificatesOfSnapshot,
} from "@kith/protocol/certificate-of-snapshot";
import type { ConsensusPoint } from "@kith/protocol/consensus-point";
import type { BlockNum, NodeId } from "@kith/protocol/ids";
import type { SnapshotMessage } from "@kith/protocol/node-message";

import { blocksAreLonger } from "./blocks-are-longer.ts";
import { keepFrom } from "./keep-from.ts";
import { longerAgainMs } from "./limits.ts";
import type { CertificatesPort, CompleteSnapshot, IncomingSnapshot } from "./ports.ts";
import { SnapshotSource, type SourcePorts } from "./snapshot-source.ts";
import { SnapshotTaker, type TakerPorts } from "./snapshot-taker.ts";

export type Installed = {
  readonly block: SealedBlock;
  readonly consensus: ConsensusPoint;
  readonly certificate?: Certificate;
  /** The log goes on as it was behind the block, which was final there before. */
  readonly isLogKept: boolean;
};

type ExchangePorts = SourcePorts &
  Omit<TakerPorts, "onStaged"> & {
    readonly chain: Pick<Chain, "consensusPoint">;
    readonly certificates: CertificatesPort;
    /** Whether the log is final up to there. */
    readonly isFinal: (num: BlockNum) => boolean;
    readonly onInstalled: (installed: Installed) => void;
    readonly onBroken: (reason: string) => void;
  };

type Receiver = { askedMs: number; answeredMs: number; isLonger: boolean };

/** Hands the whole state to nodes that are far behind, and takes one where this node is. */
export class SnapshotExchange {
  readonly #ports: ExchangePorts;
  readonly #source: SnapshotSource;
  readonly #taker: SnapshotTaker;
  /** Those whom blocks were to be sent from the disk. */
  readonly #receivers = new Map<NodeId, Receiver>();
  #installing = false;

  constructor(ports: ExchangePorts) {
    this.#ports = ports;
    this.#source = new SnapshotSource(ports);
    this.#taker = new SnapshotTaker({ ...ports, onStaged: (incoming) => this.#install(incoming) });
  }

  /** The state is ahead of the log: until the log starts behind it, the core must not write. */
  get installing(): boolean {
    return this.#installing;
  }

  /** Blocks from here on are needed by those who take snapshots of this node. */
  get keepFrom(): number | undefined {
    return this.#source.keepFrom;
  }

  start(): void {
    this.#taker.start();
  }

  /** For the people of this node. */
  make(done: (complete: CompleteSnapshot | undefined) => void): void {
    if (this.#installing) done(undefined);
    else this.#source.make(done);
  }

  /** The receiver needs what the log does not have. */
  offer(to: NodeId): void {
    if (!this.#installing) this.#source.offer(to);
  }

  /**
   * Offers a snapshot where that is shorter than the blocks from `from` on. True while the receiver gets its chunks: then it needs
   * no blocks.
   */
  offerInstead(to: NodeId, from: BlockNum): boolean {
    const { clock, headNum, log, snapshots } = this.#ports;
    const nowMs = clock.now().monotonicMs;
    let receiver = this.#receivers.get(to);
    if (receiver === undefined || nowMs - receiver.answeredMs > longerAgainMs) {
      const isLonger = blocksAreLonger(log, { from, to: headNum() }, snapshots.sizeBytes());
      const askedMs = receiver?.askedMs ?? Number.NEGATIVE_INFINITY;
      receiver = { askedMs, answeredMs: nowMs, isLonger };
      this.#receivers.set(to, receiver);
      if (isLonger) this.offer(to);
    }
    return receiver.isLonger && nowMs - receiver.askedMs <= longerAgainMs;
  }

  /** Links came or went: who is not linked waits for nothing any more. */
  onPeersChanged(): void {
    const linked = new Set(this.#ports.links.connected());
    for (const node of this.#receivers.keys()) if (!linked.has(node)) this.#receivers.delete(node);
    this.#source.keepTakers(linked);
  }

  /** After every block, before the next one is executed. */
  onExecuted(header: BlockHeader): void {
    this.#source.onExecuted(header);
    this.#taker.onFinal(header.blockNum);
  }

  receive(from: NodeId, message: SnapshotMessage): void {
    switch (message.kind) {
      case "snapshot-request":
        this.#noteAsking(from);
        return this.#source.receive(from, message);
      case "snapshot-wanted":
      case "snapshot-plan":
      case "manifest-request":
        if (!this.#installing) this.#source.receive(from, message);
        return;
      case "snapshot-offer":
      case "manifest-part":
      case "snapshot-chunk":
        if (!this.#installing) this.#taker.receive(from, message);
        return;
    }
  }

  #noteAsking(from: NodeId): void {
    const receiver = this.#receivers.get(from);
    if (receiver !== undefined) receiver.askedMs = this.#ports.clock.now().monotonicMs;
  }

  /**
   * Only when the state is durable does the log drop what it would be made again from. A crash before the log starts
   * behind the snapshot leaves a state that is ahead of the log and names its block: the next start goes on from there.
   *
   * Where the log is final that far and only a block of it is lost, it stays: what follows may be confirmed (Raft section 7).
   */
  #install(incoming: IncomingSnapshot): void {
    const { certificates, chain, log, onBroken, onInstalled } = this.#ports;
    const { manifest } = incoming;
    const { block } = manifest;
    const { blockNum } = block.header;
    const isLogKept = this.#ports.isFinal(blockNum);
    const known = log.blockRef(blockNum)?.id ?? block.id;
    if (isLogKept && known !== block.id)
      return onBroken(`two different blocks ${blockNum} are final`);
    this.#installing = true;
    this.#source.onReplaced();
    incoming.adopt(() => {
      const consensus = chain.consensusPoint();
      if (consensus === undefined) return onBroken("a snapshot without producers was installed");
      for (const certified of certificatesOfSnapshot(manifest)) {
        certificates.keepCertificate(certified);
      }
      const certificate = certificateOfSnapshot(manifest);
      const proved = certificate === undefined ? {} : { certificate };
      const onDone = (): void => {
        this.#installing = false;
        onInstalled({ block, consensus, isLogKept, ...proved });
      };
      if (isLogKept) keepFrom(log, block, onDone);
      else log.restartAt(block, onDone);
    });
  }
}
