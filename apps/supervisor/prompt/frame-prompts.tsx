import { Failure } from "../core/failure.ts";
import { OneTimeWindow } from "../windows/one-time-window.ts";
import { canSee } from "./guard/sight.ts";
import { PromptSurface, type Asking } from "./prompt-surface.tsx";
import { needsConsent, type Question } from "./question.ts";
import { commonTexts, windowTexts } from "./texts.ts";
import { WindowCard } from "./window-card.tsx";

export type { Asking } from "./prompt-surface.tsx";

/** What a window of its own has to do, and what it is called. */
export type WindowTask = {
  readonly path: string;
  readonly task: unknown;
  readonly purpose: "create-passkey" | "use-passkey";
  /** The code when nothing comes of it. */
  readonly dismissed: string;
};

/** Prompts in a frame, or from there in a window of its own where a frame cannot know whether it is seen. */
export class FramePrompts {
  readonly #surface = new PromptSurface("frame");

  /** The answer as JSON; rejects with `prompt-dismissed`. */
  async ask(question: Question, asking: Asking, signal: AbortSignal): Promise<string> {
    await displayed(signal);
    if (canSee() || !needsConsent(question)) return this.#surface.ask(question, asking, signal);
    const task = { question, asking };
    const opened = await OneTimeWindow.make<string>("/prompt.html", task, "prompt-dismissed");
    const texts = { title: windowTexts.prompt(asking.app), about: windowTexts.promptAbout };
    return this.#inWindow(opened, { ...texts, asking }, signal);
  }

  /** What came of it in a window of its own. */
  async askWindow<Value>(wanted: WindowTask, asking: Asking, signal: AbortSignal): Promise<Value> {
    await displayed(signal);
    const { path, task, purpose, dismissed } = wanted;
    const opened = await OneTimeWindow.make<Value>(path, task, dismissed);
    const texts = { title: windowTexts[purpose], about: windowTexts.passkeyAbout };
    return this.#inWindow(opened, { ...texts, asking }, signal).catch((thrown: unknown) => {
      const isTurned = thrown instanceof Failure && thrown.code === "prompt-dismissed";
      throw isTurned ? new Failure(dismissed, thrown.message) : thrown;
    });
  }

  clear(): void {
    this.#surface.clear();
  }

  async #inWindow<Value>(
    opened: OneTimeWindow<Value>,
    texts: { readonly title: string; readonly about: string; readonly asking: Asking },
    signal: AbortSignal,
  ): Promise<Value> {
    const { title, about, asking } = texts;
    const asked = commonTexts.asked(asking.root, asking.app);
    // A click a moment ago, in the question before, is enough for the browser.
    const isOpen = navigator.userActivation.isActive && opened.open();
    const open = (): boolean => opened.open();
    const ending = new AbortController();
    const card = this.#surface.show<never>(
      {
        name: `window ${title}`,
        isGuarded: false,
        draw: () => <WindowCard {...{ asked, title, about, open, isOpen }} />,
      },
      AbortSignal.any([signal, ending.signal]),
    );
    card.catch(() => undefined);
    try {
      return await Promise.race([opened.outcome, card]);
    } finally {
      ending.abort();
      opened.outcome.catch(() => undefined);
      opened.close();
    }
  }
}

const displayedMsMax = 5000;

/** The page shows the frame when it is told to; before that nothing in it can have the focus. */
async function displayed(signal: AbortSignal): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const unseen = (): void =>
    reject(new Failure("prompt-dismissed", "the page does not show what is asked"));
  const timer = setTimeout(unseen, displayedMsMax);
  signal.addEventListener("abort", unseen);
  const observer = new IntersectionObserver((entries) => {
    if (entries.some(({ isIntersecting }) => isIntersecting)) resolve();
  });
  observer.observe(document.documentElement);
  try {
    await promise;
  } finally {
    observer.disconnect();
    clearTimeout(timer);
    signal.removeEventListener("abort", unseen);
  }
}
