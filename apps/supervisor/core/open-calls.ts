import type { FrameMessage } from "@kith/sdk/connect/page-messages";

import { factsOf, Failure } from "./failure.ts";
import { openCallsMax } from "./limits.ts";

/** Calls of one page that are under way. Each gets an answer, and a page that never stops calling piles nothing up. */
export class OpenCalls {
  #count = 0;

  async answer(id: number, call: () => Promise<FrameMessage>): Promise<FrameMessage> {
    if (this.#count >= openCallsMax) {
      const why = new Failure("too-many-calls", `${openCallsMax} calls are under way already`);
      return { failed: { id, ...factsOf(why) } };
    }
    this.#count++;
    try {
      return await call();
    } catch (thrown) {
      return { failed: { id, ...factsOf(thrown) } };
    } finally {
      this.#count--;
    }
  }
}
