import type { AccountName } from "@kith/protocol/ids";

/** What a cache has to know of what it holds. */
export type Cacheable = { readonly account: AccountName; readonly sizeBytes: number };

type Slot<T> = { readonly value: T; readonly costBytes: number; used: boolean };

/** What a key and its bookkeeping cost beside the characters. */
const slotBytes = 256;

/**
 * Ready answers by URL, bounded in bytes. A hit only sets a mark, because hits are the hot path; making room passes
 * over what was marked since the last time (the clock algorithm).
 */
export class ReadyCache<T extends Cacheable> {
  readonly #slots = new Map<string, Slot<T>>();
  readonly #bytesMax: number;
  #bytes = 0;

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  get sizeBytes(): number {
    return this.#bytes;
  }

  get(key: string): T | undefined {
    const slot = this.#slots.get(key);
    if (slot === undefined) return undefined;
    slot.used = true;
    return slot.value;
  }

  put(key: string, value: T): void {
    const costBytes = value.sizeBytes + key.length * 2 + slotBytes;
    this.#drop(key);
    if (costBytes > this.#bytesMax) return;
    this.#makeRoom(costBytes);
    this.#slots.set(key, { value, costBytes, used: false });
    this.#bytes += costBytes;
  }

  /** Counts a value again that has grown, if it is still here. */
  recount(key: string, value: T): void {
    if (this.#slots.get(key)?.value === value) this.put(key, value);
  }

  /** Forgets what belongs to these accounts. */
  dropAccounts(accounts: ReadonlySet<AccountName>): void {
    for (const [key, slot] of this.#slots) if (accounts.has(slot.value.account)) this.#drop(key);
  }

  clear(): void {
    this.#slots.clear();
    this.#bytes = 0;
  }

  #makeRoom(costBytes: number): void {
    for (const [key, slot] of this.#slots) {
      if (this.#bytes + costBytes <= this.#bytesMax) return;
      this.#slots.delete(key);
      if (slot.used) {
        slot.used = false;
        this.#slots.set(key, slot);
      } else {
        this.#bytes -= slot.costBytes;
      }
    }
  }

  #drop(key: string): void {
    const slot = this.#slots.get(key);
    if (slot === undefined) return;
    this.#slots.delete(key);
    this.#bytes -= slot.costBytes;
  }
}
