import type { AccountName, TransactionId } from "@kith/protocol/ids";
import type { WriteState } from "@kith/sdk/connect/page-messages";

import type { WriteRow } from "./database.ts";
import { Failure } from "./failure.ts";
import { queuedWritesMax } from "./limits.ts";
import type { Nodes } from "./nodes.ts";
import type { Outcome } from "./outcome.ts";
import type { thisBrowser } from "./this-browser.ts";
import { WriteDelivery } from "./write-delivery.ts";
import { WriteQueue } from "./write-queue.ts";
import { mayQueue } from "./write-room.ts";
import { maySee, stateOf, type WriteViewer } from "./write-state.ts";
import { writeUnknown, type NewWrite, type WriteStore } from "./write-store.ts";

/** A transaction that has all its proofs. */
export type SignedWrite = Omit<NewWrite, "page" | "signedAt">;

type WritesPort = {
  readonly nodes: Pick<Nodes, "fetch">;
  readonly store: WriteStore;
  /** Carries out what was to count when the write is final. */
  readonly apply: (write: WriteRow) => Promise<void>;
  /** Undoes what was made for a write that will not count. */
  readonly discard: (write: Pick<WriteRow, "effects">) => Promise<void>;
  readonly onChange: () => void;
  /** This page, among all that have the same app open. */
  readonly page: string;
  readonly browser: typeof thisBrowser;
};

const channelName = "kith-writes";

/**
 * Signed transactions on their way. Each is written down before it is sent, so that neither a closed page nor a lost network
 * loses it, and none overtakes an older one of the same user and app that still waits.
 */
export class Writes {
  readonly #port: WritesPort;
  readonly #delivery: WriteDelivery;
  readonly #queue: WriteQueue;
  readonly #channel = new BroadcastChannel(channelName);
  /** Those that this page sends at once. */
  readonly #sending = new Set<TransactionId>();

  constructor(port: WritesPort) {
    const { store, browser } = port;
    this.#port = port;
    this.#delivery = new WriteDelivery({ ...port, onChange: () => this.#changed() });
    this.#queue = new WriteQueue({
      store,
      delivery: this.#delivery,
      browser,
      isSending: (id) => this.#sending.has(id),
    });
    this.#channel.addEventListener("message", () => port.onChange());
  }

  /** Throws `too-many-queued`. */
  async checkRoom(app: AccountName): Promise<void> {
    if (mayQueue(await this.#port.store.unfinished(), app)) return;
    throw new Failure("too-many-queued", `${queuedWritesMax} writes wait for the network already`);
  }

  /**
   * Resolves with its outcome; "undecided" when it stays in the queue. It may take the place of one that failed. Throws `write-unknown`
   * when that one is not there any more, and `storage-full`: nothing is sent then.
   */
  async send(write: SignedWrite, failed?: WriteRow): Promise<Outcome> {
    const { id } = write;
    // Whoever made it hears of a failure; one that was left before stays until somebody drops it.
    const isHeard = failed === undefined;
    this.#sending.add(id);
    try {
      const row = await this.#keep(write, failed);
      if (row.state === "sent") {
        const outcome = await this.#delivery.deliver(row, () => isHeard);
        if (outcome.kind === "undecided") this.#queue.sendLater();
        return outcome;
      }
    } finally {
      this.#sending.delete(id);
    }
    return this.#queue.turnOf(id, isHeard);
  }

  /** Tries what waits, soon and then less and less often, until nothing is left. */
  sendQueued(): void {
    this.#queue.sendAll();
  }

  /** What somebody may see of them, the oldest first. */
  async statesFor(app: AccountName, user: AccountName | undefined): Promise<readonly WriteState[]> {
    const { store, page } = this.#port;
    const viewer = user === undefined ? { app } : { app, user };
    const rows = (await store.all()).filter((row) => maySee(viewer, row));
    return rows.map((row) => stateOf(row, { ...viewer, page }));
  }

  /** One that has failed, and that somebody may see; throws `write-unknown` or `write-not-failed`. */
  async failed(id: TransactionId, viewer: Omit<WriteViewer, "page">): Promise<WriteRow> {
    const row = await this.#port.store.get(id);
    if (row === undefined || !maySee(viewer, row)) throw writeUnknown();
    if (row.state === "failed") return row;
    throw new Failure("write-not-failed", "what may have been sent cannot be taken back");
  }

  async drop({ id }: WriteRow): Promise<void> {
    await this.#port.store.drop(id);
    this.#changed();
  }

  async #keep(write: SignedWrite, failed: WriteRow | undefined): Promise<WriteRow> {
    const { store, page: here, discard } = this.#port;
    const page = failed === undefined ? here : failed.page;
    const made = page === undefined ? write : { ...write, page };
    try {
      return await store.add(
        { ...made, signedAt: Date.now() * 1000 },
        {
          isWaiting: (older) => !this.#sending.has(older.id),
          ...(failed === undefined ? {} : { replaced: failed.id }),
        },
      );
    } catch (thrown) {
      await discard(write);
      throw thrown;
    }
  }

  #changed(): void {
    this.#channel.postMessage("changed");
    this.#port.onChange();
  }
}
