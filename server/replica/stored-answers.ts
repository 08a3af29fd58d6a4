import type { ConsensusEffect } from "@kith/consensus/core/effect";
import type { BlockNum, NodeId } from "@kith/protocol/ids";
import type { NodeMessage } from "@kith/protocol/node-message";

import { ChainAnswers } from "./chain-answers.ts";
import type { CertificatesPort, ClockPort, LinksPort, LogPort } from "./ports.ts";
import type { SnapshotExchange } from "./snapshot-exchange.ts";
import { storedAppend, storedBlocks } from "./stored-blocks.ts";

type AnswerPorts = {
  readonly log: LogPort;
  readonly certificates: CertificatesPort;
  readonly links: LinksPort;
  readonly clock: Pick<ClockPort, "now">;
  readonly snapshots: Pick<SnapshotExchange, "offer" | "offerInstead">;
  readonly finalNum: () => BlockNum;
  readonly isBft: () => boolean;
  /** A block was found damaged that another node needs of this one. */
  readonly onDamaged: (num: BlockNum) => void;
  /** Nobody else had a copy of that block. */
  readonly isLost: (num: BlockNum) => boolean;
};

type SendChain = Extract<ConsensusEffect, { kind: "send-chain" }>;
type SendStored = Extract<ConsensusEffect, { kind: "send-stored" }>;
type BlocksRequest = Extract<NodeMessage, { kind: "blocks-request" }>;

/** What other nodes get of the stored log; and where that is no help, or more than the state, the offer of a snapshot. */
export class StoredAnswers {
  readonly #ports: AnswerPorts;
  readonly #chain: ChainAnswers;

  constructor(ports: AnswerPorts) {
    this.#ports = ports;
    this.#chain = new ChainAnswers({ sources: ports, links: ports.links, clock: ports.clock });
  }

  onPeersChanged(): void {
    this.#chain.keepOnly(new Set(this.#ports.links.connected()));
  }

  sendBlocks(to: NodeId, wanted: BlocksRequest): void {
    const { log, links, finalNum } = this.#ports;
    const blocks = storedBlocks(log, wanted.from, wanted.to);
    links.send(to, { kind: "blocks-response", blocks, finalNum: finalNum() });
  }

  sendChain({ to, after, proved }: SendChain): void {
    const { snapshots, isBft } = this.#ports;
    if (snapshots.offerInstead(to, after.num)) return;
    const refusal = this.#chain.answer(to, after.num, proved);
    switch (refusal?.kind) {
      case "too-old":
        return snapshots.offer(to);
      case "too-long":
        // Under CFT its leader sends what is lacking, proved or not.
        if (isBft()) snapshots.offer(to);
        return;
      case "damaged":
        return this.#onDamaged(to, refusal.num);
      case "nothing":
      case undefined:
    }
  }

  sendStored(effect: SendStored): void {
    const { log, links, snapshots } = this.#ports;
    if (snapshots.offerInstead(effect.to, effect.firstNum)) return;
    const message = storedAppend(log, effect);
    if (message !== undefined) links.send(effect.to, message);
    // Nobody else sends it while this node leads.
    else if (log.readBlock(effect.firstNum).kind === "corrupt")
      this.#onDamaged(effect.to, effect.firstNum);
  }

  /** Whoever needs a block that is lost has to go on behind it. */
  #onDamaged(to: NodeId, num: BlockNum): void {
    const { snapshots, onDamaged, isLost } = this.#ports;
    if (isLost(num)) snapshots.offer(to);
    else onDamaged(num);
  }
}
