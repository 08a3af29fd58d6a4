import type { TransactionId } from "@kith/protocol/ids";

import type { WriteRow } from "./database.ts";
import { retryMsMax, retryMsMin } from "./limits.ts";
import type { Outcome } from "./outcome.ts";
import type { thisBrowser } from "./this-browser.ts";
import type { WriteDelivery } from "./write-delivery.ts";
import { lineOf, type WriteStore } from "./write-store.ts";

type QueuePort = {
  readonly store: WriteStore;
  readonly delivery: WriteDelivery;
  readonly browser: typeof thisBrowser;
  /** Those that this page sends at once. */
  readonly isSending: (id: TransactionId) => boolean;
};

/** A call of this page that waits until its write has had its turn. */
type Turn = {
  readonly tell: (outcome: Outcome) => void;
  /** The call ends with the outcome, a failure as well. */
  readonly isHeard: boolean;
};

/** Sends what waits in this browser, one page at a time, each user's writes in each app in their order. */
export class WriteQueue {
  readonly #port: QueuePort;
  readonly #turns = new Map<TransactionId, Turn>();
  #isRunning = false;
  #isWanted = false;
  #retryMs = retryMsMin;
  #callOff: (() => void) | undefined;

  constructor(port: QueuePort) {
    this.#port = port;
  }

  /** What became of one that waits behind others; "undecided" when its turn has not come yet. */
  turnOf(id: TransactionId, isHeard: boolean): Promise<Outcome> {
    return new Promise((tell) => {
      this.#turns.set(id, { tell, isHeard });
      this.sendAll();
    });
  }

  /** Now, and then less and less often, until nothing is left. */
  sendAll(): void {
    this.#callOff?.();
    this.#callOff = undefined;
    this.#isWanted = true;
    if (!this.#isRunning) void this.#run();
  }

  /** What was just tried, and has to be tried again. */
  sendLater(): void {
    if (this.#isRunning) this.#isWanted = true;
    else this.#plan();
  }

  async #run(): Promise<void> {
    this.#isRunning = true;
    let isDone = false;
    while (this.#isWanted) {
      this.#isWanted = false;
      isDone = await this.#sendAlone().catch(() => false);
    }
    this.#isRunning = false;
    for (const { tell } of this.#turns.values()) tell(notYet);
    this.#turns.clear();
    if (isDone) this.#retryMs = retryMsMin;
    else this.#plan();
  }

  #plan(): void {
    this.#callOff ??= this.#port.browser.after(this.#retryMs, () => this.sendAll());
    this.#retryMs = Math.min(2 * this.#retryMs, retryMsMax);
  }

  /** False when something is left, or nobody knows because another page sends. */
  async #sendAlone(): Promise<boolean> {
    let isDone = false;
    const isAlone = await this.#port.browser.alone(async () => {
      isDone = await this.#sendInOrder();
    });
    return isAlone && isDone;
  }

  async #sendInOrder(): Promise<boolean> {
    const { store, delivery } = this.#port;
    await delivery.applyLeft();
    const stuck = new Set<string>();
    for (;;) {
      const next = await this.#next(stuck);
      if (next === undefined) break;
      const outcome = await delivery.deliver(
        next,
        () => this.#turns.get(next.id)?.isHeard === true,
      );
      if (outcome.kind !== "undecided") this.#tell(next.id, outcome);
      else if (outcome.code === "unreachable") return false;
      // The network was there and could not say: what comes behind it waits, and nobody else does.
      else stuck.add(lineOf(next));
    }
    await store.sweep();
    return stuck.size === 0;
  }

  #next(stuck: ReadonlySet<string>): Promise<WriteRow | undefined> {
    const { store, isSending } = this.#port;
    return store.next((row) => !isSending(row.id) && !stuck.has(lineOf(row)));
  }

  #tell(id: TransactionId, outcome: Outcome): void {
    this.#turns.get(id)?.tell(outcome);
    this.#turns.delete(id);
  }
}

const notYet: Outcome = {
  kind: "undecided",
  code: "waits-its-turn",
  message: "older writes wait for the network",
};
