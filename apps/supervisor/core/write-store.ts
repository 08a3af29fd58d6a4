import type { TransactionId } from "@kith/protocol/ids";
import type { IDBPObjectStore } from "idb";

import type { Database, Tables, WriteRow } from "./database.ts";
import { Failure, type FailureFacts } from "./failure.ts";
import { effectsMsMax, finalMsMin } from "./limits.ts";

/** What is written down before it is sent. */
export type NewWrite = Omit<WriteRow, "state" | "endedAt" | "code" | "message">;

type Addition = {
  /** Whether an open one of the same line is waited for. */
  readonly isWaiting: (older: WriteRow) => boolean;
  /** One that has failed, in whose place this one comes. */
  readonly replaced?: TransactionId;
};

/**
 * The writes of this browser, as all its pages have them. Each change is one transaction over what is there at that moment, and moves
 * a write only on: what one page knows to be over, no other page brings back.
 */
export class WriteStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** The oldest first. */
  async all(): Promise<readonly WriteRow[]> {
    const rows = await this.#database.getAll("writes");
    return rows.toSorted((a, b) => a.signedAt - b.signedAt);
  }

  /** Those that are not final, in no order: few, where all may be many. */
  async unfinished(): Promise<readonly WriteRow[]> {
    const { store } = this.#database.transaction("writes");
    const rows = await Promise.all([store.index("state").getAll("failed"), openIn(store)]);
    return rows.flat();
  }

  /** The oldest of those that may still be sent and that are `wanted`. */
  async next(wanted: (row: WriteRow) => boolean): Promise<WriteRow | undefined> {
    const rows = await openIn(this.#database.transaction("writes").store);
    return rows.filter(wanted).toSorted((a, b) => a.signedAt - b.signedAt)[0];
  }

  get(id: TransactionId): Promise<WriteRow | undefined> {
    return this.#database.get("writes", id);
  }

  /**
   * Writes it down, as `queued` when an older one of its line waits. Throws `write-unknown` when the one that it replaces has been sent
   * again or dropped already, here or in another page, and `storage-full`.
   */
  async add(write: NewWrite, { isWaiting, replaced }: Addition): Promise<WriteRow> {
    const change = this.#database.transaction("writes", "readwrite");
    // It is told by what is awaited below.
    change.done.catch(() => undefined);
    try {
      if (replaced !== undefined) {
        if ((await change.store.get(replaced))?.state !== "failed") {
          throw writeUnknown();
        }
        await change.store.delete(replaced);
      }
      const line = lineOf(write);
      const others = await openIn(change.store);
      const isBehind = others.some((other) => lineOf(other) === line && isWaiting(other));
      const row: WriteRow = { ...write, state: isBehind ? "queued" : "sent" };
      await change.store.put(row);
      await change.done;
      return row;
    } catch (thrown) {
      throw isFull(thrown) ? new Failure("storage-full", "this browser has no room left") : thrown;
    }
  }

  /** It waits for another attempt. */
  async queue(id: TransactionId, code: string): Promise<void> {
    await this.#move(id, (row) => (isOpen(row) ? { ...row, state: "queued", code } : undefined));
  }

  /** It counts. True for the one page that has found that out: its effects are that page's to carry out. */
  end(id: TransactionId): Promise<boolean> {
    return this.#move(id, ({ code: _code, message: _message, ...row }) =>
      row.state === "final" ? undefined : { ...row, state: "final", endedAt: Date.now() },
    );
  }

  /** It will not count, and somebody has to hear of that. True for the page that has found that out. */
  fail(id: TransactionId, { code, message }: FailureFacts): Promise<boolean> {
    return this.#move(id, (row) =>
      isOpen(row) ? { ...row, state: "failed", code, message } : undefined,
    );
  }

  /** Nobody needs to hear of it any more; what counts stays for a while. */
  forget(id: TransactionId): Promise<boolean> {
    return this.#move(id, (row) => (row.state === "final" ? undefined : "forgotten"));
  }

  /** Forgets one that has failed; false when it is not one any more. */
  drop(id: TransactionId): Promise<boolean> {
    return this.#move(id, (row) => (row.state === "failed" ? "forgotten" : undefined));
  }

  /** Its effects are carried out. */
  async settle(id: TransactionId): Promise<void> {
    await this.#move(id, (row) => ({ ...row, effects: [] }));
  }

  /** Effects of what counts, which a page has left that was closed too early. */
  async unsettled(): Promise<readonly WriteRow[]> {
    const before = Date.now() - effectsMsMax;
    return (await this.all()).filter(
      ({ state, effects, endedAt = 0 }) =>
        state === "final" && effects.length > 0 && endedAt < before,
    );
  }

  /** Forgets what all pages have been told of long ago. */
  async sweep(): Promise<void> {
    const before = Date.now() - finalMsMin;
    for (const { id, state, effects, endedAt = 0 } of await this.all()) {
      if (state === "final" && effects.length === 0 && endedAt < before) {
        await this.#database.delete("writes", id);
      }
    }
  }

  async #move(
    id: TransactionId,
    next: (row: WriteRow) => WriteRow | "forgotten" | undefined,
  ): Promise<boolean> {
    const change = this.#database.transaction("writes", "readwrite");
    const row = await change.store.get(id);
    const moved = row === undefined ? undefined : next(row);
    if (moved === "forgotten") await change.store.delete(id);
    else if (moved !== undefined) await change.store.put(moved);
    await change.done;
    return moved !== undefined;
  }
}

type WritesIn<Mode extends IDBTransactionMode> = IDBPObjectStore<
  Tables,
  ["writes"],
  "writes",
  Mode
>;

function openIn(store: WritesIn<"readonly"> | WritesIn<"readwrite">): Promise<WriteRow[]> {
  // Between these two there is no other state.
  return store.index("state").getAll(IDBKeyRange.bound("queued", "sent"));
}

export function writeUnknown(): Failure {
  return new Failure("write-unknown", "nothing of this id waits here");
}

/** It may still be sent. */
function isOpen({ state }: Pick<WriteRow, "state">): boolean {
  return state === "sent" || state === "queued";
}

/** What one user does in one app reaches the network in its order. */
export function lineOf({ app, user }: Pick<WriteRow, "app" | "user">): string {
  return `${app} ${user ?? ""}`;
}

function isFull(thrown: unknown): boolean {
  return thrown instanceof DOMException && thrown.name === "QuotaExceededError";
}
