import type { AccountName } from "@kith/protocol/ids";

/** What transactions use up. */
export type Usage = {
  /** Units of work. */
  readonly fuel: number;
  /** Bytes of rows that were written. */
  readonly storedBytes: number;
  /** Bytes of transactions, packed. */
  readonly carriedBytes: number;
};

export const noUsage: Usage = { fuel: 0, storedBytes: 0, carriedBytes: 0 };

type Slot = { readonly second: number; readonly usage: Usage };
type Account = { slots: Slot[]; total: Usage };

/**
 * What each account used in the last seconds. It is the sum of what blocks recorded within the window and of nothing
 * else, so a node that starts from the rows has the same sums as one that never stopped.
 */
export class UsageWindow {
  readonly #seconds: number;
  readonly #accounts = new Map<AccountName, Account>();

  constructor(seconds: number) {
    this.#seconds = seconds;
  }

  add(account: AccountName, second: number, usage: Usage): void {
    const known = this.#accounts.get(account);
    if (known === undefined) {
      this.#accounts.set(account, { slots: [{ second, usage }], total: usage });
      return;
    }
    known.slots.push({ second, usage });
    known.total = sum(known.total, usage);
  }

  /**
   * In the window that ends with this second. It may lie ahead of the blocks, for whoever asks by his own clock, so
   * nothing is forgotten here: a block that comes may still count what this second does not.
   */
  used(account: AccountName, now: number): Usage {
    const known = this.#accounts.get(account);
    if (known === undefined) return noUsage;
    let { total } = known;
    for (const { second, usage } of known.slots) {
      if (second > now - this.#seconds) break;
      total = difference(total, usage);
    }
    return total;
  }

  /** No block will ask about a second before this one. */
  forget(account: AccountName, now: number): void {
    const known = this.#accounts.get(account);
    if (known === undefined) return;
    known.total = this.used(account, now);
    const firstKept = known.slots.findIndex(({ second }) => second > now - this.#seconds);
    if (firstKept === -1) this.#accounts.delete(account);
    else known.slots.splice(0, firstKept);
  }

  /** Forgets for everybody, also for whoever used nothing of late. */
  sweep(now: number): void {
    for (const account of this.#accounts.keys()) this.forget(account, now);
  }
}

export function sum(a: Usage, b: Usage): Usage {
  return {
    fuel: a.fuel + b.fuel,
    storedBytes: a.storedBytes + b.storedBytes,
    carriedBytes: a.carriedBytes + b.carriedBytes,
  };
}

function difference(a: Usage, b: Usage): Usage {
  return {
    fuel: a.fuel - b.fuel,
    storedBytes: a.storedBytes - b.storedBytes,
    carriedBytes: a.carriedBytes - b.carriedBytes,
  };
}
