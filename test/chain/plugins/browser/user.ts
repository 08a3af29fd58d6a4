import { promptHost } from "@kith/sdk/plugin-host";
import {
  isPromptKind,
  parsePromptAnswer,
  parsePromptDetails,
  type PromptAnswers,
  type PromptDetails,
  type PromptKind,
} from "@kith/sdk/plugins/prompt-kinds";

import { answering, Refusal, type HostAnswers } from "./host-answers.ts";

type Planned = {
  readonly kind: PromptKind;
  readonly answer: (details: never) => unknown;
};

type Answer<Kind extends PromptKind> = PromptAnswers[Kind] | Promise<PromptAnswers[Kind]>;

/** Somebody before the browser, who answers as the test has said, in that order. */
export class ScriptedUser {
  readonly #planned: Planned[] = [];
  /** What was asked, with its details. */
  readonly seen: { readonly kind: string; readonly details: unknown }[] = [];
  readonly answers: HostAnswers = answering(promptHost, {
    ask: ({ kind, details }) => this.#ask(kind, details),
  });

  /** The next question is of this kind, and answered so. */
  will<Kind extends PromptKind>(
    kind: Kind,
    answer: PromptAnswers[Kind] | ((details: PromptDetails[Kind]) => Answer<Kind>),
  ): this {
    this.#planned.push({ kind, answer: typeof answer === "function" ? answer : () => answer });
    return this;
  }

  /** The next question is of this kind, and the user turns away. */
  willDismiss(kind: PromptKind): this {
    this.#planned.push({ kind, answer: turnAway });
    return this;
  }

  /** Kinds of all questions since the last time that somebody looked. */
  take(): readonly string[] {
    return this.seen.splice(0).map(({ kind }) => kind);
  }

  get isDone(): boolean {
    return this.#planned.length === 0;
  }

  async #ask(kind: string, json: string): Promise<string> {
    if (!isPromptKind(kind)) throw new Error(`nobody draws ${kind}`);
    // As the supervisor's page does it: what does not fit is not drawn.
    const details = parsePromptDetails(kind, json);
    if (details === undefined) throw new Error(`these are no details of ${kind}: ${json}`);
    this.seen.push({ kind, details });
    const next = this.#planned.shift();
    if (next?.kind !== kind) throw new Error(`the user was not to be asked ${kind}: ${json}`);
    // oxlint-disable-next-line no-unsafe-type-assertion -- the kinds are the same, and so are the types
    const answer = JSON.stringify(await next.answer(details as never));
    if (parsePromptAnswer(kind, answer) === undefined) throw new Error(`no answer: ${answer}`);
    return answer;
  }
}

function turnAway(): never {
  throw new Refusal("prompt-dismissed", "the user turned away");
}
