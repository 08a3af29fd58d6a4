import type { NodeId } from "@kith/protocol/ids";

import type { LinkLimits } from "./limits.ts";

/** Bans that are remembered at most; the oldest is forgotten first. */
const bansMax = 1_024;

/** Nodes that broke the protocol: left alone for a while, each time twice as long. */
export class BanList {
  readonly #bans = new Map<NodeId, { readonly untilMs: number; readonly lengthMs: number }>();
  readonly #limits: Pick<LinkLimits, "banMsMin" | "banMsMax">;

  constructor(limits: Pick<LinkLimits, "banMsMin" | "banMsMax">) {
    this.#limits = limits;
  }

  ban(node: NodeId, nowMs: number): void {
    const { banMsMin, banMsMax } = this.#limits;
    const before = this.#bans.get(node);
    const lengthMs = before === undefined ? banMsMin : Math.min(banMsMax, before.lengthMs * 2);
    this.#bans.delete(node);
    this.#bans.set(node, { untilMs: nowMs + lengthMs, lengthMs });
    const [oldest] = this.#bans.keys();
    if (this.#bans.size > bansMax && oldest !== undefined) this.#bans.delete(oldest);
  }

  isBanned(node: NodeId, nowMs: number): boolean {
    return nowMs < (this.#bans.get(node)?.untilMs ?? 0);
  }
}
