import { equalBytes } from "@kith/protocol/hashes";
import type { AccountName, MethodName } from "@kith/protocol/ids";
import { ServiceAbort } from "@kith/protocol/service-abi";

import { asksMax } from "./limits.ts";

/** What a plugin asks of the supervisor that takes a while: a value, a signature, an answer of the user. */
export type Ask = {
  readonly host: AccountName;
  readonly method: MethodName;
  readonly args: Uint8Array;
};

export type AskAnswer =
  | { readonly ok: true; readonly value: Uint8Array }
  | { readonly ok: false; readonly code: string; readonly message: string };

/** Ends an attempt in the middle: the call begins again when there is an answer. */
export class Suspended extends Error {
  readonly ask: Ask;
  constructor(ask: Ask) {
    super(`waits for ${ask.host}`);
    this.ask = ask;
  }
}

/**
 * Answers that a call has had, in their order. Plugins know no clock and no chance, so an attempt that gets the same answers
 * asks the same questions: it comes as far as the last one did, and one further (decision 0161).
 */
export class Journal {
  readonly #entries: { readonly ask: Ask; readonly answer: AskAnswer }[] = [];
  #next = 0;

  /** Before each attempt. */
  rewind(): void {
    this.#next = 0;
  }

  add(ask: Ask, answer: AskAnswer): void {
    this.#entries.push({ ask, answer });
  }

  /** The answer that was had; throws `Suspended` when there is none yet. */
  answer(ask: Ask): Uint8Array {
    const entry = this.#entries[this.#next++];
    if (entry === undefined) {
      if (this.#entries.length < asksMax) throw new Suspended(ask);
      throw new ServiceAbort("too-many-questions", `a call may ask ${asksMax} times`);
    }
    const { host, method, args } = entry.ask;
    if (host !== ask.host || method !== ask.method || !equalBytes(args, ask.args)) {
      throw new ServiceAbort(
        "plugin-not-repeatable",
        "a plugin asked something else the second time",
      );
    }
    if (entry.answer.ok) return entry.answer.value;
    throw new ServiceAbort(entry.answer.code, entry.answer.message);
  }
}
