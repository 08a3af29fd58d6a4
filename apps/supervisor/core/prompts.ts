import type { AccountName } from "@kith/protocol/ids";
import { parseAccountName } from "@kith/protocol/names";
import { promptHost } from "@kith/sdk/plugin-host";
import { isPromptKind } from "@kith/sdk/plugins/prompt-kinds";

import type { FramePrompts, WindowTask } from "../prompt/frame-prompts.tsx";
import { questionOf } from "../prompt/question.ts";
import { Failure } from "./failure.ts";
import { answering, type HostAnswers } from "./host-answers.ts";
import { nextQuestionMsMax } from "./limits.ts";
import type { PromptThrottle } from "./prompt-throttle.ts";

export type PromptPort = {
  /** Shows the frame all over the page that it is in, and takes it away again. */
  readonly show: (isShown: boolean) => void;
  /** The root host with its port. */
  readonly root: string;
  readonly throttle: PromptThrottle;
};

type Ask<Value> = (prompts: FramePrompts, app: AccountName) => Promise<Value>;

/** Questions to the user, one at a time. What draws them is loaded with the first one. */
export class Prompts {
  readonly #port: PromptPort;
  readonly #leaving = new AbortController();
  #loading: Promise<FramePrompts> | undefined;
  #last: Promise<unknown> = Promise.resolve();
  #isShown = false;
  #isAsking = false;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(port: PromptPort) {
    this.#port = port;
    addEventListener("pagehide", () => this.#leaving.abort(), { once: true });
  }

  /** The answer as JSON; throws `prompt-dismissed`. */
  ask(kind: string, details: string, app: string): Promise<string> {
    return this.#queue(app, (prompts, by) => {
      const question = isPromptKind(kind) ? questionOf(kind, details) : undefined;
      if (question === undefined) {
        throw new Failure("prompt-malformed", `these are no details of ${kind}`);
      }
      return prompts.ask(question, { app: by, root: this.#port.root }, this.#leaving.signal);
    });
  }

  /** Has something done in a window of its own, by a page of this origin that knows the task. */
  askWindow<Value>(wanted: WindowTask, app: string): Promise<Value> {
    const { root } = this.#port;
    return this.#queue(app, (prompts, by) =>
      prompts.askWindow<Value>(wanted, { app: by, root }, this.#leaving.signal),
    );
  }

  /** When the call has ended, nothing follows its last answer any more. */
  async during<Value>(call: Promise<Value>): Promise<Value> {
    try {
      return await call;
    } finally {
      if (!this.#isAsking) this.#hide();
    }
  }

  #queue<Value>(app: string, ask: Ask<Value>): Promise<Value> {
    const asked = this.#last.then(() => this.#run(app, ask));
    this.#last = asked.catch(() => undefined);
    return asked;
  }

  async #run<Value>(app: string, ask: Ask<Value>): Promise<Value> {
    const { throttle } = this.#port;
    const by = parseAccountName(app);
    if (!by.ok) throw new TypeError(`${app} is no app`);
    if (!throttle.mayAsk(app)) {
      throw new Failure("prompt-dismissed", `${app} has asked too often; it may ask again later`);
    }
    this.#isAsking = true;
    clearTimeout(this.#timer);
    try {
      const prompts = await (this.#loading ??= this.#load());
      this.#show();
      const value = await ask(prompts, by.value);
      throttle.answered(app);
      this.#timer = setTimeout(() => this.#hide(), nextQuestionMsMax);
      return value;
    } catch (thrown) {
      if (thrown instanceof Failure && thrown.code.endsWith("-dismissed")) throttle.dismissed(app);
      this.#hide();
      throw thrown;
    } finally {
      this.#isAsking = false;
    }
  }

  async #load(): Promise<FramePrompts> {
    try {
      const loaded = await import("../prompt/frame-prompts.tsx");
      return new loaded.FramePrompts();
    } catch (thrown) {
      // The next question tries again: the network may be back by then.
      this.#loading = undefined;
      throw thrown;
    }
  }

  #show(): void {
    if (this.#isShown) return;
    this.#isShown = true;
    this.#port.show(true);
  }

  #hide(): void {
    clearTimeout(this.#timer);
    if (!this.#isShown) return;
    this.#isShown = false;
    this.#port.show(false);
    void this.#loading?.then((prompts) => this.#isShown || prompts.clear());
  }
}

export function promptAnswers(prompts: Prompts): HostAnswers {
  return answering(promptHost, {
    ask: ({ kind, details }, app) => prompts.ask(kind, details, app),
  });
}
