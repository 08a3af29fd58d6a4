import type { SealedBlock } from "@kith/protocol/block";
import { blockNumOf, type BlockId, type BlockNum } from "@kith/protocol/ids";

import { requestAgainMs } from "./limits.ts";
import type { ClockPort, LinksPort, LogPort } from "./ports.ts";

type RepairPorts = {
  readonly log: LogPort;
  readonly links: LinksPort;
  readonly clock: ClockPort;
  readonly onRepaired: () => void;
};

/**
 * Replaces blocks that cannot be read any more by copies from other nodes. The id that a copy must have is known from
 * the log itself, so whoever sends it need not be trusted; without a copy the node keeps asking and goes no further.
 */
export class Repair {
  readonly #ports: RepairPorts;
  readonly #wanted = new Map<BlockNum, BlockId>();
  #asking = false;
  #turn = 0;

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
    this.#wanted.set(num, id);
    if (!this.#asking) this.#ask();
    return true;
  }

  receive(blocks: readonly SealedBlock[]): void {
    for (const block of blocks) {
      const num = block.header.blockNum;
      if (this.#wanted.get(num) !== block.id) continue;
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

  #ask(): void {
    const [num] = this.#wanted.keys();
    this.#asking = num !== undefined;
    if (num === undefined) return;
    const peers = this.#ports.links.connected();
    const peer = peers[this.#turn++ % Math.max(1, peers.length)];
    if (peer !== undefined) {
      this.#ports.links.send(peer, { kind: "blocks-request", from: num, to: num });
    }
    this.#ports.clock.after(requestAgainMs, () => this.#ask());
  }
}
