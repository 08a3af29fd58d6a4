import type { SenderFuel } from "@kith/chain/apply-block";
import type { AccountName } from "@kith/protocol/ids";

import {
  aloneMs,
  fuelInFlightMax,
  fuelMeasuredMin,
  msPerFuelUsual,
  restPerWork,
  restSlackMs,
  sendersKnownMax,
  unknownSenderFuel,
} from "./limits.ts";

type Sender = {
  /** What its next transaction is expected to take: at once more, and only slowly less. */
  fuel: number;
  /** Before this, the others have their turn. */
  restsUntilMs: number;
};

/** How much of the newest sample goes into what is usual. */
const newestShare = 1 / 8;

/**
 * What transactions of each sender cost this node to execute, as far as it has seen them. Blocks are final before they
 * are executed, so whatever stands in one delays everything behind it: of a sender whose transactions take long, few
 * are on their way at a time, and it rests for a multiple of what they took while others send, too. That is knowledge
 * of this node alone, which is enough to decide what a leader proposes next.
 */
export class SenderWork {
  /** The least recently seen first. */
  readonly #senders = new Map<AccountName, Sender>();
  #msPerFuel: number = msPerFuelUsual;
  /** The sender that was seen last, and when another one was. */
  #last: AccountName | undefined;
  #otherMs = Number.NEGATIVE_INFINITY;

  /** How many more transactions of this sender may be proposed, when so many of them are proposed and not executed. */
  roomFor(sender: AccountName, inFlight: number, nowMs: number): number {
    const known = this.#senders.get(sender);
    if (known !== undefined && this.#rests(sender, known, nowMs)) return 0;
    const fuel = known?.fuel ?? unknownSenderFuel;
    return Math.max(1, Math.floor(fuelInFlightMax / Math.max(1, fuel))) - inFlight;
  }

  /** A block was executed. Only long ones tell how quick this machine is: others are all but the sender's work. */
  executed(work: readonly SenderFuel[], tookMs: number, nowMs: number): void {
    const fuelOfBlock = work.reduce((sum, { fuel }) => sum + fuel, 0);
    if (fuelOfBlock >= fuelMeasuredMin && tookMs > 0) {
      this.#msPerFuel += (tookMs / fuelOfBlock - this.#msPerFuel) * newestShare;
    }
    for (const { sender, fuel } of work) {
      const known = this.#see(sender, nowMs);
      known.fuel = Math.max(fuel, known.fuel + (fuel - known.fuel) * newestShare);
      this.#rest(known, fuel * this.#msPerFuel, nowMs);
    }
  }

  /** Something was tried out for the sender outside of blocks. */
  tried(sender: AccountName, tookMs: number, nowMs: number): void {
    this.#rest(this.#see(sender, nowMs), tookMs, nowMs);
  }

  /** Nobody waits for others when there are none. */
  #rests(sender: AccountName, { restsUntilMs }: Sender, nowMs: number): boolean {
    const isAlone = sender === this.#last && nowMs - this.#otherMs > aloneMs;
    return !isAlone && restsUntilMs - nowMs > restSlackMs;
  }

  #rest(known: Sender, tookMs: number, nowMs: number): void {
    known.restsUntilMs = Math.max(known.restsUntilMs, nowMs) + tookMs * restPerWork;
  }

  #see(sender: AccountName, nowMs: number): Sender {
    if (sender !== this.#last) {
      this.#otherMs = nowMs;
      this.#last = sender;
    }
    const known = this.#senders.get(sender) ?? { fuel: unknownSenderFuel, restsUntilMs: nowMs };
    this.#senders.delete(sender);
    this.#senders.set(sender, known);
    if (this.#senders.size > sendersKnownMax) {
      for (const oldest of this.#senders.keys()) {
        this.#senders.delete(oldest);
        break;
      }
    }
    return known;
  }
}
