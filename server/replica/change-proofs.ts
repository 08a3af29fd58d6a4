import type { BlockHeader } from "@kith/protocol/block";
import type { Checkpoint } from "@kith/protocol/checkpoint";
import type { ConsensusPoint } from "@kith/protocol/consensus-point";
import type { BlockId, BlockNum, NodeId } from "@kith/protocol/ids";
import { followGenesis, followHeader, type CertifiedHeader } from "@kith/protocol/light-client";
import { messageChangesMax } from "@kith/protocol/limits";
import type { StatementCheck } from "@kith/protocol/vote";

import { changesResponseBytesMax, requestAgainMs } from "./limits.ts";
import type { CertificatesPort, ClockPort, LinksPort } from "./ports.ts";

type ChangeProofsPorts = {
  readonly chain: BlockId;
  readonly genesis: BlockHeader;
  readonly certificates: Pick<CertificatesPort, "keepCertificate" | "certifiedChanges">;
  readonly links: LinksPort;
  readonly clock: ClockPort;
  readonly isSigned: StatementCheck;
  /** The rules after the newest final block. */
  readonly finalPoint: () => ConsensusPoint;
};

/**
 * Every node can show how the producers came to be who they are, from genesis on. Whoever was away when a change was proved asks
 * others for what it lacks, one after the other, and believes what a light client would.
 */
export class ChangeProofs {
  readonly #ports: ChangeProofsPorts;
  /** The newest change that is proved by what this node keeps. */
  #known: Checkpoint | undefined;
  #isAsking = false;
  #asked = 0;

  constructor(ports: ChangeProofsPorts) {
    this.#ports = ports;
    const start = followGenesis(ports.chain, ports.genesis);
    // A log that begins otherwise is no network's; tests have such.
    this.#known = start.ok ? start.value.checkpoint : undefined;
  }

  /** What is certain about who produces, as a light client knows it. */
  get checkpoint(): Checkpoint | undefined {
    return this.#known;
  }

  /** Called when something became final, or somebody is there to ask. */
  look(): void {
    if (this.#isAsking || !this.#lacksSome()) return;
    this.#followKept();
    if (!this.#lacksSome()) return;
    this.#ask();
  }

  requestFor(from: NodeId, after: BlockNum): void {
    const { certificates, links } = this.#ports;
    const changes: CertifiedHeader[] = [];
    let sizeBytes = 0;
    for (const change of certificates.certifiedChanges(after, messageChangesMax)) {
      sizeBytes += sizeOf(change);
      if (changes.length > 0 && sizeBytes > changesResponseBytesMax) break;
      changes.push(change);
    }
    if (changes.length > 0) links.send(from, { kind: "changes-response", changes });
  }

  receive(changes: readonly CertifiedHeader[]): void {
    for (const change of changes) {
      if (this.#follow(change)) this.#ports.certificates.keepCertificate(change);
    }
    if (this.#isAsking) return;
    this.look();
  }

  #lacksSome(): boolean {
    const { since, epoch } = this.#ports.finalPoint();
    const newest = Math.max(since, epoch);
    return this.#known !== undefined && newest > this.#known.block.num;
  }

  #followKept(): void {
    for (;;) {
      const after = this.#known?.block.num;
      if (after === undefined) return;
      const [next] = this.#ports.certificates.certifiedChanges(after, 1);
      if (next === undefined || !this.#follow(next)) return;
    }
  }

  /** False when it does not come next, or proves nothing. */
  #follow(change: CertifiedHeader): boolean {
    const { header } = change;
    if (this.#known === undefined || header.newConsensus === undefined) return false;
    const followed = followHeader(this.#known, change, this.#ports.isSigned);
    if (followed.ok) this.#known = followed.value.checkpoint;
    return followed.ok;
  }

  #ask(): void {
    const { links, clock } = this.#ports;
    const peers = links.connected();
    const peer = peers[this.#asked % Math.max(1, peers.length)];
    if (peer === undefined || this.#known === undefined) return;
    this.#asked += 1;
    this.#isAsking = true;
    clock.after(requestAgainMs, () => {
      this.#isAsking = false;
      this.look();
    });
    links.send(peer, { kind: "changes-request", after: this.#known.block.num });
  }
}

/** About as many bytes as it takes on the wire. */
function sizeOf({ header, certificate }: CertifiedHeader): number {
  const producers = header.newConsensus?.producers.length ?? 0;
  return 400 + 100 * producers + 250 * certificate.votes.length + 400 * certificate.links.length;
}
