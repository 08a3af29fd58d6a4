import type { NodeId } from "@kith/protocol/ids";
import type { NodeMessage } from "@kith/protocol/node-message";

import { peersKnownMax, peerUnitsMax, peerUnitsPerSecond, questionUnits } from "./limits.ts";
import type { ClockPort } from "./ports.ts";

type Purse = { units: number; atMs: number };

/**
 * What other nodes may ask of this one. An answer may cost much more than its question, and anybody may link to a node: so each has an
 * allowance, which comes back with time. What is asked beyond it is not answered: whoever needs it asks again.
 */
export class PeerAllowance {
  readonly #clock: Pick<ClockPort, "now">;
  readonly #purses = new Map<NodeId, Purse>();

  constructor(clock: Pick<ClockPort, "now">) {
    this.#clock = clock;
  }

  /** How many nodes it remembers. */
  get size(): number {
    return this.#purses.size;
  }

  /** Whether this node answers. Messages that ask for nothing cost nothing. */
  takes(from: NodeId, { kind }: Pick<NodeMessage, "kind">): boolean {
    const cost = questionUnits[kind];
    if (cost === undefined) return true;
    const { monotonicMs } = this.#clock.now();
    if (this.#purses.size >= peersKnownMax) this.#forget(monotonicMs);
    const purse = this.#purses.get(from) ?? { units: peerUnitsMax, atMs: monotonicMs };
    this.#purses.set(from, purse);
    purse.units = unitsAt(purse, monotonicMs);
    purse.atMs = monotonicMs;
    if (purse.units < cost) return false;
    purse.units -= cost;
    return true;
  }

  /** Of nodes that have their whole allowance back nothing has to be known. */
  #forget(nowMs: number): void {
    for (const [node, purse] of this.#purses) {
      if (unitsAt(purse, nowMs) >= peerUnitsMax) this.#purses.delete(node);
    }
  }
}

function unitsAt({ units, atMs }: Purse, nowMs: number): number {
  return Math.min(peerUnitsMax, units + ((nowMs - atMs) * peerUnitsPerSecond) / 1_000);
}
