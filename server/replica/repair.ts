import type { SealedBlock } from "@kith/protocol/block";
import { blockNumOf, type BlockId, type BlockNum } from "@kith/protocol/ids";

import { repairsAskedMax, requestAgainMs } from "./limits.ts";
import type { ClockPort, LinksPort, LogPort } from "./ports.ts";

type RepairPorts = {
  readonly log: LogPort;
  readonly links: LinksPort;
  readonly clock: ClockPort;
  readonly onRepaired: () => void;
};

type Wanted = {
  readonly id: BlockId;
  /** Counts the questions, so that each block is asked of every peer in turn. */
  questions: number;
  isWriting: boolean;
};

/**
 * Replaces blocks that cannot be read any more by copies from other nodes. The id that a copy must have is known from
 * the log itself, so whoever sends it need not be trusted; without a copy the node keeps asking and goes no further.
 */
export class Repair {
  readonly #ports: RepairPorts;
  readonly #wanted = new Map<BlockNum, Wanted>();
  #isAsking = false;
  #askedNow = 0;

  constructor(ports: RepairPorts) {
    this.#ports = ports;
  }

  get wanted(): readonly BlockNum[] {
    return [...this.#wanted.keys()];
  }

  /** False when the log does not even know which block belongs there. */
  want(num: BlockNum): boolean {
    if (this.#wanted.has(num)) return true;
    const id = this.#expectedId(num);
    if (id === undefined) return false;
    const wanted = { id, questions: 0, isWriting: false };
    this.#wanted.set(num, wanted);
    if (!this.#isAsking) this.#askAll();
    else if (this.#askedNow < repairsAskedMax) this.#ask(num, wanted);
    return true;
  }

  receive(blocks: readonly SealedBlock[]): void {
    for (const block of blocks) {
      const num = block.header.blockNum;
      const wanted = this.#wanted.get(num);
      if (wanted?.id !== block.id || wanted.isWriting) continue;
      wanted.isWriting = true;
      this.#ports.log.repairBlock(block, () => {
        this.#wanted.delete(num);
        this.#ports.onRepaired();
      });
    }
  }

  #expectedId(num: BlockNum): BlockId | undefined {
    const known = this.#ports.log.blockRef(num)?.id;
    if (known !== undefined) return known;
    const successor = this.#ports.log.readBlock(blockNumOf(num + 1));
    return successor.kind === "found" ? successor.block.header.previous : undefined;
  }

  #askAll(): void {
    this.#isAsking = this.#wanted.size > 0;
    if (!this.#isAsking) return;
    this.#askedNow = 0;
    const open = [...this.#wanted].filter(([, wanted]) => !wanted.isWriting);
    const seldomFirst = open.toSorted(([, a], [, b]) => a.questions - b.questions);
    for (const [num, wanted] of seldomFirst.slice(0, repairsAskedMax)) this.#ask(num, wanted);
    this.#ports.clock.after(requestAgainMs, () => this.#askAll());
  }

  #ask(num: BlockNum, wanted: Wanted): void {
    this.#askedNow++;
    const peers = this.#ports.links.connected();
    const peer = peers[wanted.questions % Math.max(1, peers.length)];
    if (peer === undefined) return;
    wanted.questions++;
    this.#ports.links.send(peer, { kind: "blocks-request", from: num, to: num });
  }
}
