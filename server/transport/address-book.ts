import type { NodeId } from "@kith/protocol/ids";
import type { PeerAddress } from "@kith/protocol/node-message";

import { isLoopback, parseAddress } from "./addresses.ts";
import { addressesOfNodeMax, knownAddressesMax, type LinkLimits } from "./limits.ts";

/** Attempts after which a hint is forgotten and another address may give way to better ones. */
const failuresMax = 5;

/**
 * How much an address is worth: `hint`, somebody said so; `announced`, its own node said so over a link; `proven`,
 * a link was opened there; `configured`, the operator said so, which is never forgotten.
 */
type Worth = "hint" | "announced" | "proven" | "configured";

export type Entry = {
  readonly url: string;
  node: NodeId | undefined;
  worth: Worth;
  dialing: boolean;
  /** In a row. */
  failures: number;
  nextDialMs: number;
};

export type BookOptions = {
  readonly self: NodeId;
  readonly limits: LinkLimits;
  /** Whether addresses on this machine may be taken from other nodes. */
  readonly takesLoopback: boolean;
  /** From 0 to 1. */
  readonly random: () => number;
};

/** Where nodes can be found, and when to try each address again. */
export class AddressBook {
  readonly #entries = new Map<string, Entry>();
  readonly #options: BookOptions;

  constructor(options: BookOptions) {
    this.#options = options;
  }

  /** `url` comes from `parseAddress`. */
  configure(url: string): void {
    this.#put({ url, node: undefined, worth: "configured" });
  }

  /**
   * Takes an address from another node (or from the last run). True when it is news worth passing on, which is so
   * only for what a node says of itself.
   */
  learn(address: PeerAddress, from: NodeId | undefined): boolean {
    const url = parseAddress(address.url);
    if (!url.ok || address.node === this.#options.self) return false;
    if (isLoopback(url.value) && !this.#options.takesLoopback) return false;
    const announced = address.node === from;
    const known = this.#entries.get(url.value);
    if (known !== undefined) return announced && announceKnown(known, address.node);
    if (!this.#makeRoom(address.node)) return false;
    this.#put({ url: url.value, node: address.node, worth: announced ? "announced" : "hint" });
    return announced;
  }

  /** A link to `node` was opened at `url`. True when that is news. */
  prove(url: string, node: NodeId): boolean {
    const entry = this.#entries.get(url);
    if (entry === undefined) return false;
    const news = entry.node !== node || entry.worth === "hint";
    entry.node = node;
    if (entry.worth !== "configured") entry.worth = "proven";
    return news;
  }

  /** The address leads to this node itself. */
  forgetSelf(url: string): void {
    const entry = this.#entries.get(url);
    if (entry === undefined) return;
    entry.node = this.#options.self;
    entry.dialing = false;
  }

  /** A connection to `url` has ended; `good` when it was of use, so that the next wait is the shortest. */
  ended(url: string, good: boolean, nowMs: number): void {
    const entry = this.#entries.get(url);
    if (entry === undefined) return;
    entry.dialing = false;
    entry.failures = good ? 0 : entry.failures + 1;
    if (entry.worth === "hint" && entry.failures >= failuresMax) this.#entries.delete(url);
    entry.nextDialMs = nowMs + this.#backoffMs(entry.failures);
  }

  /** Addresses that may be tried now, those of the operator first. */
  due(nowMs: number): readonly Entry[] {
    const due = [...this.#entries.values()].filter(
      (entry) => !entry.dialing && entry.nextDialMs <= nowMs && entry.node !== this.#options.self,
    );
    return due.toSorted((a, b) => worthOrder[b.worth] - worthOrder[a.worth]);
  }

  /** When the next address wants to be tried, of those that lead to no linked node; Infinity when none does. */
  nextDialMs(isLinked: (node: NodeId) => boolean): number {
    let nextMs = Infinity;
    for (const { node, dialing, nextDialMs } of this.#entries.values()) {
      if (dialing || node === this.#options.self) continue;
      if (node === undefined || !isLinked(node)) nextMs = Math.min(nextMs, nextDialMs);
    }
    return nextMs;
  }

  /** Addresses whose node is certain: what this node may tell others, and what it should remember. */
  certain(): readonly PeerAddress[] {
    return [...this.#entries.values()].flatMap(({ url, node, worth }) =>
      node === undefined || worth === "hint" || node === this.#options.self ? [] : [{ node, url }],
    );
  }

  addressOf(node: NodeId): string | undefined {
    for (const entry of this.#entries.values()) if (entry.node === node) return entry.url;
    return undefined;
  }

  #put(entry: Pick<Entry, "url" | "node" | "worth">): void {
    const known = this.#entries.get(entry.url);
    if (known !== undefined) {
      known.worth = entry.worth;
      return;
    }
    this.#entries.set(entry.url, { ...entry, dialing: false, failures: 0, nextDialMs: 0 });
  }

  /** Pushes out the address that is worth least and failed most, of this node or of all. */
  #makeRoom(node: NodeId): boolean {
    const all = [...this.#entries.values()];
    const ofNode = all.filter((entry) => entry.node === node);
    if (ofNode.length >= addressesOfNodeMax) return this.#evictOneOf(ofNode);
    return all.length < knownAddressesMax || this.#evictOneOf(all);
  }

  #evictOneOf(entries: readonly Entry[]): boolean {
    const worst = entries
      .filter((entry) => !entry.dialing && mayBeForgotten(entry))
      .toSorted((a, b) => worthOrder[a.worth] - worthOrder[b.worth] || b.failures - a.failures)[0];
    return worst !== undefined && this.#entries.delete(worst.url);
  }

  /** Doubles with each failure; between half and all of it, so that nodes that lost each other do not march in step. */
  #backoffMs(failures: number): number {
    const { backoffMsMin, backoffMsMax } = this.#options.limits;
    const wholeMs = Math.min(backoffMsMax, backoffMsMin * 2 ** Math.min(failures, 30));
    return wholeMs * (0.5 + this.#options.random() / 2);
  }
}

/** Only a hint or an older announcement gives way: anybody may announce anything, but only one node can prove it. */
function announceKnown(entry: Entry, node: NodeId): boolean {
  if (entry.worth !== "hint" && (entry.worth !== "announced" || entry.node === node)) return false;
  entry.node = node;
  entry.worth = "announced";
  return true;
}

function mayBeForgotten({ worth, failures }: Entry): boolean {
  return worth === "proven" ? failures >= failuresMax : worth !== "configured";
}

const worthOrder: Readonly<Record<Worth, number>> = {
  hint: 0,
  announced: 1,
  proven: 2,
  configured: 3,
};
