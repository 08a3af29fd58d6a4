import type { SealedBlock } from "@kith/protocol/block";

import type { Place } from "./disk.ts";
import { blockAt, lastNum } from "./log-image.ts";
import type { SimNode } from "./node.ts";

type AtlasPorts = {
  readonly nodes: readonly SimNode[];
  readonly finalBlock: (num: number) => SealedBlock | undefined;
};

/**
 * The fault atlas: what may be damaged where. Mortal nodes may lose anything, and with it their place in the network;
 * of every set of producers they are so few that the others decide. All others lose only what they can get back: final
 * blocks of which another of them holds a copy that can be read, though it need not keep it.
 */
export class Atlas {
  readonly #ports: AtlasPorts;

  constructor(ports: AtlasPorts) {
    this.#ports = ports;
  }

  mayHit({ isMortal, disk, index }: SimNode, place: Place): boolean {
    if (isMortal) return true;
    if (place.kind === "vote") return false;
    const { num, blemish } = place;
    // A damaged write-ahead log, and an end that nothing identifies, keep a node from starting.
    if (num > disk.damage.settledNum) return false;
    if (num === lastNum(disk.durable) && blemish !== "content") return false;
    const id = blockAt(disk.durable, num)?.id;
    if (id === undefined || this.#ports.finalBlock(num)?.id !== id) return false;
    return this.#isHeldByAnother(index, num, id);
  }

  #isHeldByAnother(index: number, num: number, id: string): boolean {
    return this.#ports.nodes.some(
      (node) =>
        node.index !== index && !node.isMortal && !node.isLiar && node.disk.holdsWhole(num, id),
    );
  }
}
