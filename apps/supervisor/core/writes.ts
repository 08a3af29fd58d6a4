import type { AccountName, TransactionId } from "@kith/protocol/ids";
import type { WriteState } from "@kith/sdk/connect/page-messages";

import type { Database, EffectRow, WriteRow } from "./database.ts";
import { Failure } from "./failure.ts";
import { queuedWritesMax, retryMsMax, retryMsMin } from "./limits.ts";
import type { Nodes } from "./nodes.ts";
import { outcomeOf, type Outcome } from "./outcome.ts";
import { mayQueue } from "./queued-writes.ts";

/** A transaction that has all its proofs. */
export type SignedWrite = Pick<WriteRow, "id" | "app" | "bytes" | "actions" | "effects">;

type WritesPort = {
  readonly nodes: Nodes;
  readonly database: Database;
  /** Carries out what was to count when the write is final. */
  readonly apply: (effects: readonly EffectRow[]) => Promise<void>;
  /** Undoes what was made for a write that will not count. */
  readonly discard: (effects: readonly EffectRow[]) => Promise<void>;
  readonly onChange: () => void;
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

  /** Resolves with its outcome; "undecided" when it stays in the queue. */
  async send(write: SignedWrite): Promise<Outcome> {
    const { database } = this.#port;
    const row: WriteRow = { ...write, signedAt: Date.now() * 1000, state: "sent" };
    this.#sending.add(row.id);
    try {
      // What is here before the answer comes is not shown as waiting.
      const written = database.put("writes", row);
      const outcome = await this.#push(row);
      await written;
      await this.#settle(row, outcome);
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

  async statesOf(app: AccountName): Promise<readonly WriteState[]> {
    const rows = await this.#port.database.getAll("writes");
    return rows
      .filter((row) => row.app === app)
      .toSorted((a, b) => a.signedAt - b.signedAt)
      .map(({ id: transactionId, state, signedAt, actions, code, message }) => ({
        transactionId,
        state,
        signedAt,
        actions,
        ...(code === undefined ? {} : { code }),
        ...(message === undefined ? {} : { message }),
      }));
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
    for (const row of rows.filter(isOver)) await this.#port.database.delete("writes", row.id);
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

  async #settle(row: WriteRow, outcome: Outcome): Promise<void> {
    const { database, apply, discard } = this.#port;
    if (outcome.kind === "final") {
      await apply(row.effects);
      await database.put("writes", { ...row, state: "final" });
    } else if (outcome.kind === "failed") {
      const { code, message } = outcome;
      await discard(row.effects);
      await database.put("writes", { ...row, state: "failed", code, message });
    } else {
      await database.put("writes", { ...row, state: "queued", code: outcome.code });
      this.#sendLater();
    }
    this.#channel.postMessage("changed");
    this.#port.onChange();
  }
}

function isOver({ state }: WriteRow): boolean {
  return state === "final" || state === "failed";
}
