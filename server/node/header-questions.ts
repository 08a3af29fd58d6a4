import type { BlockNum } from "@kith/protocol/ids";

import { headerAskedAgainMs } from "./limits.ts";

type QuestionsPorts = {
  /** The newest block that somebody waits for a header behind. */
  readonly wanted: () => BlockNum | undefined;
  readonly ask: (num: BlockNum) => void;
  /** Calls back once after about this many milliseconds. */
  readonly after: (delayMs: number, run: () => void) => void;
};

/** Asks for a header at once, and again while somebody waits: there may be no leader yet, it changes, and questions are lost. */
export class HeaderQuestions {
  readonly #ports: QuestionsPorts;
  #isAsking = false;

  constructor(ports: QuestionsPorts) {
    this.#ports = ports;
  }

  ask(num: BlockNum): void {
    this.#ports.ask(num);
    if (!this.#isAsking) this.#askLater();
  }

  #askLater(): void {
    this.#isAsking = this.#ports.wanted() !== undefined;
    if (this.#isAsking) this.#ports.after(headerAskedAgainMs, () => this.#askAgain());
  }

  #askAgain(): void {
    const num = this.#ports.wanted();
    if (num !== undefined) this.#ports.ask(num);
    this.#askLater();
  }
}
