import {
  hostOperations,
  hostRefusals,
  regionWindowAt,
  regionWindowBytes,
} from "@kith/protocol/guest-abi";
import type { AccountName } from "@kith/protocol/ids";
import { ServiceAbort, type Meter, type QueryHost } from "@kith/protocol/service-abi";
import { packText } from "@kith/protocol/texts";

import {
  instancePrice,
  memoryPagePrice,
  priceOf,
  refusalPrice,
  startPagePrice,
} from "../fuel-prices.ts";
import { logLineCharsMax } from "../limits.ts";
import type { GuestCalls, RegionHolder } from "./guest-calls.ts";
import { HostTransfer } from "./host-transfer.ts";
import type { Answer, Operations } from "./operation.ts";

/** A line that a service wrote to its console, cut off at `logLineCharsMax`. */
export type OnLog = (service: AccountName, line: string) => void;

/** What an instance costs beside `instancePrice`. */
export type InstanceCost = {
  readonly pages: number;
  /** What it runs may have to be compiled for it, on a node whose memory does not have that any more. */
  readonly compileFuel: number;
};

/** One call of a guest: answers what it asks while it runs, and takes the price of each answer. */
export class GuestSession implements GuestCalls {
  readonly meter: Meter;
  readonly transfer = new HostTransfer();
  readonly #host: QueryHost;
  readonly #operations: Operations;
  readonly #onLog: OnLog | undefined;

  constructor(host: QueryHost, operations: Operations, onLog?: OnLog) {
    this.meter = host.meter;
    this.#host = host;
    this.#operations = operations;
    this.#onLog = onLog;
  }

  timeMicros(): number {
    return this.#host.blockTime;
  }

  /** An instance is made for this call. */
  onStart({ pages, compileFuel }: InstanceCost): void {
    this.#charge(instancePrice + pages * startPagePrice + compileFuel);
    this.#host.session.pages += pages;
  }

  onGrowth(pages: number): void {
    this.#charge(pages * memoryPagePrice);
    this.#host.session.pages += pages;
  }

  operate(holder: RegionHolder, operation: number, text?: string): string | undefined {
    const price = priceOf.get(operation);
    const region = holder.region;
    const { words } = region;
    const size = words[1] ?? 0;
    if (price === undefined || size < 0 || size > regionWindowBytes) {
      throw new WebAssembly.RuntimeError(`no host call ${operation} has ${size} bytes of input`);
    }
    this.#charge(price.call + price.byte * (size + (text?.length ?? 0)));
    try {
      const window = region.bytes.subarray(regionWindowAt, regionWindowAt + size);
      const answer = this.#answer(operation, { words, window, text }, price.byte);
      return this.#give(holder, answer, price.byte);
    } catch (thrown) {
      if (!(thrown instanceof ServiceAbort)) throw thrown;
      this.#charge(refusalPrice);
      this.#refuse(holder, thrown);
      return undefined;
    }
  }

  #answer(
    operation: number,
    given: {
      readonly words: Int32Array;
      readonly window: Uint8Array;
      readonly text: string | undefined;
    },
    bytePrice: number,
  ): Answer | { readonly more: true } {
    if (operation === hostOperations.append) {
      this.transfer.append(given.window);
      return 0;
    }
    if (operation === hostOperations.more) return { more: true };
    if (operation === hostOperations.log) {
      this.#onLog?.(this.#host.self, (given.text ?? "").slice(0, logLineCharsMax));
    }
    const input = this.transfer.take(given.window);
    const { words, window, text } = given;
    // Those of the window are paid for, those that came before it are not.
    this.#charge(bytePrice * (input.length - window.length));
    const charge = (fuel: number): void => this.#charge(fuel);
    return this.#operations.get(operation)?.(this.#host, { words, input, text, charge });
  }

  /** The instance may have run in between, and its memory may have moved. */
  #give(
    holder: RegionHolder,
    answer: Answer | { readonly more: true },
    bytePrice: number,
  ): string | undefined {
    const { words, bytes } = holder.region;
    if (answer === undefined) words[0] = hostRefusals.absent;
    else if (typeof answer === "number") words[0] = answer;
    else if (answer instanceof Uint8Array) {
      this.#charge(bytePrice * answer.length);
      this.transfer.give(bytes, answer);
      words[0] = answer.length;
    } else if ("more" in answer) words[0] = this.transfer.more(bytes);
    else return answer.text;
    return undefined;
  }

  #refuse(holder: RegionHolder, { code, message }: ServiceAbort): void {
    const text = packText(`${code}\n${message}`);
    const { words, bytes } = holder.region;
    this.transfer.give(bytes, text);
    words[0] = hostRefusals.refused;
    words[1] = text.length;
  }

  #charge(fuel: number): void {
    this.meter.fuel -= fuel;
    if (this.meter.fuel < 0) throw new OutOfFuel();
  }
}

/** Ends the guest in the middle of a host call; its instance is lost with it. */
export class OutOfFuel extends Error {}
