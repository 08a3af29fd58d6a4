import type { PeerAddress } from "@kith/protocol/node-message";
import { encodeNodeMessage } from "@kith/protocol/node-messages";

import type { AddressBook } from "./address-book.ts";
import { exchangedAddressesMax, type LinkLimits } from "./limits.ts";
import type { Link } from "./link.ts";

export type ExchangeOptions = {
  readonly book: AddressBook;
  readonly limits: Pick<LinkLimits, "exchangeMs">;
  /** How others reach this node. */
  readonly own?: PeerAddress;
  readonly remember?: (addresses: readonly PeerAddress[]) => void;
};

/** Addresses that one peer may tell within `exchangeMs`; what is above is not read. */
const toldMax = 4 * exchangedAddressesMax;

/** Tells peers the addresses that are certain, when there is news and now and then, and takes theirs. */
export class Exchange {
  readonly #options: ExchangeOptions;
  readonly #told = new Map<Link, { count: number; sinceMs: number }>();
  #news = false;
  #lastMs = 0;
  #offset = 0;

  constructor(options: ExchangeOptions) {
    this.#options = options;
  }

  get hasNews(): boolean {
    return this.#news;
  }

  /** Something changed that peers should hear soon. */
  touch(): void {
    this.#news = true;
  }

  /** What a new peer hears first: this node's own address, then those of others. */
  greet(link: Link, nowMs: number): void {
    this.#told.set(link, { count: 0, sinceMs: nowMs });
    this.#tell([link]);
  }

  forget(link: Link): void {
    this.#told.delete(link);
  }

  take(link: Link, addresses: readonly PeerAddress[], nowMs: number): void {
    const told = this.#told.get(link);
    if (told === undefined) return;
    if (nowMs - told.sinceMs >= this.#options.limits.exchangeMs) {
      told.count = 0;
      told.sinceMs = nowMs;
    }
    for (const address of addresses.slice(0, exchangedAddressesMax)) {
      told.count += 1;
      if (told.count > toldMax) return;
      if (this.#options.book.learn(address, link.node)) this.#news = true;
    }
  }

  tick(links: Iterable<Link>, nowMs: number): void {
    const due = nowMs - this.#lastMs >= this.#options.limits.exchangeMs;
    if (!this.#news && !due) return;
    if (this.#news) this.#options.remember?.(this.#options.book.certain());
    this.#news = false;
    this.#lastMs = nowMs;
    this.#tell(links);
  }

  #tell(links: Iterable<Link>): void {
    const { own, book } = this.#options;
    const certain = book.certain();
    const count = own === undefined ? exchangedAddressesMax : exchangedAddressesMax - 1;
    // Where not all fit, each time others: everybody hears of everybody in the end.
    const from = certain.length <= count ? 0 : this.#offset % certain.length;
    this.#offset = from + count;
    const others = [...certain.slice(from), ...certain.slice(0, from)].slice(0, count);
    const addresses = own === undefined ? others : [own, ...others];
    if (addresses.length === 0) return;
    const message = encodeNodeMessage({ kind: "peers", addresses });
    for (const link of links) link.send("urgent", message);
  }
}
