import type { AccountName, TransactionId } from "@kith/protocol/ids";
import type { WriteState } from "@kith/sdk/connect/page-messages";

import type { Database, EffectRow, WriteRow } from "./database.ts";
import { Failure } from "./failure.ts";
import { finalMsMin, queuedWritesMax, retryMsMax, retryMsMin } from "./limits.ts";
import type { Nodes } from "./nodes.ts";
import { outcomeOf, type Outcome } from "./outcome.ts";
import { mayQueue } from "./queued-writes.ts";
import { maySee, stateOf, type WriteViewer } from "./write-state.ts";

/** A transaction that has all its proofs. */
export type SignedWrite = Omit<
  WriteRow,
  "page" | "signedAt" | "state" | "endedAt" | "code" | "message"
>;

type WritesPort = {
  readonly nodes: Nodes;
  readonly database: Database;
  /** Carries out what was to count when the write is final. */
  readonly apply: (effects: readonly EffectRow[]) => Promise<void>;
  /** Undoes what was made for a write that will not count. */
  readonly discard: (effects: readonly EffectRow[]) => Promise<void>;
  readonly onChange: () => void;
  /** This page, among all that have the same app open. */
  readonly page: string;
};

const channelName = "kith-writes";
const octets = "application/octet-stream";
/** One page at a time sends what waits. */
const lockName = "kith-writes";

/**
 * Signed transactions on their way. Each is written down before it is sent, so that neither a closed page nor a lost network
 * loses it; sending it twice is safe, because the network executes an id at most once.
 */
export class Writes {
  readonly #port: WritesPort;
  readonly #channel = new BroadcastChannel(channelName);
  /** Those that this page waits for. */
  readonly #sending = new Set<TransactionId>();
  #retryMs = retryMsMin;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(port: WritesPort) {
    this.#port = port;
    this.#channel.addEventListener("message", () => port.onChange());
    addEventListener("online", () => this.sendQueued());
  }

  /** Throws `too-many-queued`. */
  async checkRoom(app: AccountName): Promise<void> {
    if (mayQueue(await this.#port.database.getAll("writes"), app)) return;
    throw new Failure("too-many-queued", `${queuedWritesMax} writes wait for the network already`);
  }

  /** Resolves with its outcome; "undecided" when it stays in the queue. It may take the place of one that failed. */
  async send(write: SignedWrite, failed?: WriteRow): Promise<Outcome> {
    const page = failed === undefined ? this.#port.page : failed.page;
    const made = page === undefined ? write : { ...write, page };
    const row: WriteRow = { ...made, signedAt: Date.now() * 1000, state: "sent" };
    this.#sending.add(row.id);
    try {
      // What is here before the answer comes is not shown as waiting.
      const written = this.#write(row, failed);
      const outcome = await this.#push(row);
      await written;
      // Whoever made it hears of a failure; one that was left before stays until somebody drops it.
      await this.#settle(row, outcome, failed === undefined);
      return outcome;
    } finally {
      this.#sending.delete(row.id);
    }
  }

  /** Tries what waits, soon and then less and less often, until nothing is left. */
  sendQueued(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    void navigator.locks.request(lockName, { ifAvailable: true }, async (lock) => {
      if (lock === null) return;
      const isDone = await this.#sendAll();
      if (isDone) this.#retryMs = retryMsMin;
      else this.#sendLater();
    });
  }

  /** What somebody may see of them, the oldest first. */
  async statesFor(app: AccountName, user: AccountName | undefined): Promise<readonly WriteState[]> {
    const { database, page } = this.#port;
    const viewer = user === undefined ? { app } : { app, user };
    const rows = (await database.getAll("writes")).filter((row) => maySee(viewer, row));
    return rows
      .toSorted((a, b) => a.signedAt - b.signedAt)
      .map((row) => stateOf(row, { ...viewer, page }));
  }

  /** One that has failed, and that somebody may see; throws `write-unknown` or `write-not-failed`. */
  async failed(id: TransactionId, viewer: Omit<WriteViewer, "page">): Promise<WriteRow> {
    const row = await this.#port.database.get("writes", id);
    if (row === undefined || !maySee(viewer, row)) {
      throw new Failure("write-unknown", "nothing of this id waits here");
    }
    if (row.state === "failed") return row;
    throw new Failure("write-not-failed", "what may have been sent cannot be taken back");
  }

  async drop({ id }: WriteRow): Promise<void> {
    await this.#port.database.delete("writes", id);
    this.#changed();
  }

  async #write(row: WriteRow, failed: WriteRow | undefined): Promise<void> {
    const change = this.#port.database.transaction("writes", "readwrite");
    await change.store.put(row);
    if (failed !== undefined) await change.store.delete(failed.id);
    await change.done;
  }

  #sendLater(): void {
    this.#timer ??= setTimeout(() => this.sendQueued(), this.#retryMs);
    this.#retryMs = Math.min(2 * this.#retryMs, retryMsMax);
  }

  /** In the order of their signatures; false when one could not be sent. */
  async #sendAll(): Promise<boolean> {
    const rows = await this.#port.database.getAll("writes");
    const waiting = rows.filter((row) => !isOver(row) && !this.#sending.has(row.id));
    for (const row of waiting.toSorted((a, b) => a.signedAt - b.signedAt)) {
      const outcome = await this.#push(row);
      await this.#settle(row, outcome);
      if (outcome.kind === "undecided") return false;
    }
    for (const row of rows.filter(isHeard)) await this.#port.database.delete("writes", row.id);
    return true;
  }

  async #push({ bytes }: WriteRow): Promise<Outcome> {
    try {
      const answer = await this.#port.nodes.fetch({
        account: "transact",
        target: "/push_transaction?wait_for=final",
        method: "POST",
        headers: { "content-type": octets, accept: octets },
        body: new Uint8Array(bytes),
      });
      return await outcomeOf(answer);
    } catch (thrown) {
      const message = thrown instanceof Error ? thrown.message : String(thrown);
      return { kind: "undecided", code: "unreachable", message };
    }
  }

  async #settle(row: WriteRow, outcome: Outcome, isHeardOf = false): Promise<void> {
    const { database, apply, discard } = this.#port;
    if (outcome.kind === "final") {
      await apply(row.effects);
      await database.put("writes", { ...row, state: "final", endedAt: Date.now() });
    } else if (outcome.kind === "failed") {
      const { code, message } = outcome;
      await discard(row.effects);
      if (isHeardOf) await database.delete("writes", row.id);
      else await database.put("writes", { ...row, state: "failed", code, message });
    } else {
      await database.put("writes", { ...row, state: "queued", code: outcome.code });
      this.#sendLater();
    }
    this.#changed();
  }

  #changed(): void {
    this.#channel.postMessage("changed");
    this.#port.onChange();
  }
}

/** All pages have been told of it long ago. */
function isHeard({ state, endedAt = 0 }: WriteRow): boolean {
  return state === "final" && Date.now() - endedAt > finalMsMin;
}

function isOver({ state }: WriteRow): boolean {
  return state === "final" || state === "failed";
}
