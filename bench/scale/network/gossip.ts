import type { PoolEntry } from "@kith/replica/pool";

import { micros } from "../costs/costs.ts";
import type { ScaleNode } from "./scale-node.ts";
import type { ScaleWorld } from "./scale-world.ts";

type Told = { readonly leader: ScaleNode; readonly entry: PoolEntry };

const gatherMs = 5;
/** Length and kind of each transaction in its message. */
const framingBytes = 4;

/** Whoever was given transactions tells everybody else: those of a few milliseconds together, straight to each. */
export class Gossip {
  readonly #world: ScaleWorld;
  readonly #gathered = new Map<number, Told[]>();

  constructor(world: ScaleWorld) {
    this.#world = world;
  }

  tell(by: number, leader: ScaleNode, entry: PoolEntry): void {
    const gathered = this.#gathered.get(by);
    if (gathered !== undefined) {
      gathered.push({ leader, entry });
      return;
    }
    this.#gathered.set(by, [{ leader, entry }]);
    this.#world.scheduler.after(gatherMs * 1000, () => this.#send(by));
  }

  #send(by: number): void {
    const { linkSend, lines, nodes } = this.#world;
    const told = this.#gathered.get(by) ?? [];
    this.#gathered.delete(by);
    const transactions = told.map(({ entry }) => entry.prepared.bytes);
    const sizeBytes = transactions.reduce((sum, { length }) => sum + length + framingBytes, 0);
    const takes = micros(linkSend, sizeBytes) * (nodes.length - 1);
    this.#world.node(by).passOn(takes, () => {
      for (const [to, node] of nodes.entries()) {
        if (to === by) offerOwn(node, told);
        else
          lines.send(by, to, sizeBytes, () => node.check(transactions, () => offerOwn(node, told)));
      }
    });
  }
}

function offerOwn(node: ScaleNode, told: readonly Told[]): void {
  const entries = told.filter(({ leader }) => leader === node).map(({ entry }) => entry);
  if (entries.length > 0) node.offer(entries);
}
