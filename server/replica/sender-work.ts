import type { ActionFuel } from "@kith/chain/apply-block";
import type { AccountName } from "@kith/protocol/ids";
import type { Action } from "@kith/protocol/transaction";

import {
  aloneMs,
  aloneSenderMax,
  dearFuelMin,
  fuelInFlightMax,
  fuelMeasuredMin,
  msPerFuelUsual,
  restPerWork,
  restSlackMs,
  sendersKnownMax,
  sharingSenderMax,
  unknownFuel,
} from "./limits.ts";

/** How much of the newest sample goes into what is usual. */
const newestShare = 1 / 8;

/**
 * What transactions of each sender cost this node to execute, as far as it has seen them. Blocks are final before they
 * are executed, so whatever stands in one delays everything behind it: of a sender whose transactions take long, few
 * are on their way at a time, and it rests for a multiple of what they took while others send, too. That is knowledge
 * of this node alone, which is enough to decide what a leader proposes next.
 */
export class SenderWork {
  /** Before this, the others have their turn. */
  readonly #restsUntilMs = new Recent<AccountName>();
  /** What the next call of a method by a sender is expected to take: at once more, and only slowly less. */
  readonly #fuel = new Recent<string>();
  #msPerFuel: number = msPerFuelUsual;
  /** The sender that was seen last, and when another one was. */
  #last: AccountName | undefined;
  #otherMs = Number.NEGATIVE_INFINITY;

  /**
   * How many more transactions of this sender may be proposed that begin with this action, when so many of its are
   * proposed and not executed.
   */
  roomFor(first: Action, inFlight: number, nowMs: number): number {
    const isAlone = this.#isAlone(first.sender, nowMs);
    if (!isAlone && this.#rests(first.sender, nowMs)) return 0;
    const fuel = this.#fuel.get(kindOf(first)) ?? unknownFuel;
    const room = Math.max(1, Math.floor(fuelInFlightMax / Math.max(1, fuel)));
    return Math.min(isAlone ? aloneSenderMax : sharingSenderMax, room) - inFlight;
  }

  /** A block was executed. Only long ones tell how quick this machine is: others are all but the senders' work. */
  executed(work: readonly ActionFuel[], tookMs: number, nowMs: number): void {
    const fuelOfBlock = work.reduce((sum, { fuel }) => sum + fuel, 0);
    if (fuelOfBlock >= fuelMeasuredMin && tookMs > 0) {
      this.#msPerFuel += (tookMs / fuelOfBlock - this.#msPerFuel) * newestShare;
    }
    for (const { first, fuel } of work) {
      const kind = kindOf(first);
      const usual = this.#fuel.get(kind) ?? unknownFuel;
      this.#fuel.set(kind, Math.max(fuel, usual + (fuel - usual) * newestShare));
      this.#see(first.sender, nowMs);
      if (fuel >= dearFuelMin) this.#rest(first.sender, fuel * this.#msPerFuel, nowMs);
    }
  }

  /** Something was tried out for the sender outside of blocks. */
  tried({ sender }: Action, tookMs: number, nowMs: number): void {
    this.#see(sender, nowMs);
    this.#rest(sender, tookMs, nowMs);
  }

  /** Nobody waits for others when there are none. */
  #isAlone(sender: AccountName, nowMs: number): boolean {
    return sender === this.#last && nowMs - this.#otherMs > aloneMs;
  }

  #rests(sender: AccountName, nowMs: number): boolean {
    return (this.#restsUntilMs.get(sender) ?? nowMs) - nowMs > restSlackMs;
  }

  #see(sender: AccountName, nowMs: number): void {
    if (sender === this.#last) return;
    this.#otherMs = nowMs;
    this.#last = sender;
  }

  #rest(sender: AccountName, tookMs: number, nowMs: number): void {
    const fromMs = Math.max(this.#restsUntilMs.get(sender) ?? nowMs, nowMs);
    this.#restsUntilMs.set(sender, fromMs + tookMs * restPerWork);
  }
}

function kindOf({ sender, service, method }: Action): string {
  return `${sender} ${service} ${method}`;
}

/** Numbers by name; what was set least recently goes when there are too many. */
class Recent<Name> {
  readonly #numbers = new Map<Name, number>();

  get(name: Name): number | undefined {
    return this.#numbers.get(name);
  }

  set(name: Name, number: number): void {
    this.#numbers.delete(name);
    this.#numbers.set(name, number);
    if (this.#numbers.size <= sendersKnownMax) return;
    for (const oldest of this.#numbers.keys()) {
      this.#numbers.delete(oldest);
      return;
    }
  }
}
