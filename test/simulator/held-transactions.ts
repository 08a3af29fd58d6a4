import { toHex } from "@kith/protocol/hashes";

type Held = { readonly bytes: Uint8Array; readonly sinceMs: number };

/** What a node has been asked to order and has not executed yet, oldest first. */
export class HeldTransactions {
  readonly #held = new Map<string, Held>();
  /** In blocks that this node made in the term that it leads. */
  readonly #offered = new Set<string>();

  /** Since when the oldest one waits. */
  get sinceMs(): number | undefined {
    const [oldest] = this.#held.values();
    return oldest?.sinceMs;
  }

  /** False when it is known. */
  add(bytes: Uint8Array, nowMs: number): boolean {
    const id = toHex(bytes);
    if (this.#held.has(id)) return false;
    this.#held.set(id, { bytes, sinceMs: nowMs });
    return true;
  }

  remove(id: string): void {
    this.#held.delete(id);
    this.#offered.delete(id);
  }

  /** Up to so many that are in no block of this node; they are, from now on. */
  offer(countMax: number): readonly Uint8Array[] {
    const offer: Uint8Array[] = [];
    if (this.#offered.size === this.#held.size) return offer;
    for (const [id, { bytes }] of this.#held) {
      if (offer.length === countMax) break;
      if (this.#offered.has(id)) continue;
      this.#offered.add(id);
      offer.push(bytes);
    }
    return offer;
  }

  takeBack(offer: readonly Uint8Array[]): void {
    for (const bytes of offer) this.#offered.delete(toHex(bytes));
  }

  /** Somebody else leads, or this node in another term: what became of its blocks is open. */
  takeAllBack(): void {
    this.#offered.clear();
  }

  clear(): void {
    this.#held.clear();
    this.#offered.clear();
  }

  all(): readonly Uint8Array[] {
    return [...this.#held.values()].map(({ bytes }) => bytes);
  }
}
