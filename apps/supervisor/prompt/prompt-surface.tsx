import type { AccountName } from "@kith/protocol/ids";
import { render, type VNode } from "preact";

import { Failure } from "../core/failure.ts";
import { SceneProvider, type PromptScene } from "./context.ts";
import { ConsentGuard } from "./guard/consent-guard.ts";
import { canSee, sightInFrame, sightInWindow } from "./guard/sight.ts";
import { PromptView } from "./prompt-view.tsx";
import { needsConsent, type Question } from "./question.ts";
import { commonTexts } from "./texts.ts";

import sheet from "./prompt.css" with { type: "css" };

/** Whose question it is, as the line above it says. */
export type Asking = {
  readonly app: AccountName;
  /** The root host with its port. */
  readonly root: string;
};

/** A thing to be drawn that ends with a value. */
export type Scene<Value> = {
  readonly draw: (end: (value: Value) => void) => VNode;
  /** What is drawn again under the same name keeps what was typed. */
  readonly name: string;
  readonly isGuarded: boolean;
};

/** The one prompt of a page, drawn into its document. */
export class PromptSurface {
  readonly #place: "frame" | "window";
  readonly #element = document.createElement("div");
  #guard: ConsentGuard | undefined;

  constructor(place: "frame" | "window") {
    this.#place = place;
    document.documentElement.dataset["place"] = place;
    document.adoptedStyleSheets = [sheet];
    document.body.append(this.#element);
  }

  /** The answer as JSON; rejects with `prompt-dismissed`. */
  ask(question: Question, { app, root }: Asking, signal: AbortSignal): Promise<string> {
    const asked = commonTexts.asked(root, app);
    const scene: Scene<string> = {
      name: nameOf(question),
      isGuarded: needsConsent(question),
      draw: (end) => <PromptView question={question} asked={asked} app={app} onAnswer={end} />,
    };
    return this.show(scene, signal);
  }

  async show<Value>(scene: Scene<Value>, signal: AbortSignal): Promise<Value> {
    const { promise, resolve, reject } = Promise.withResolvers<Value>();
    const guard = (this.#guard ??= this.#newGuard());
    const dismiss = (): void => reject(new Failure("prompt-dismissed", "the user has turned away"));
    signal.addEventListener("abort", dismiss);
    const shown = scene.isGuarded ? guard : undefined;
    const paint = (isBusy: boolean): void => {
      const parts: PromptScene = { guard: shown, dismiss, isBusy };
      const drawn = (
        <SceneProvider key={scene.name} value={parts}>
          {scene.draw(resolve)}
        </SceneProvider>
      );
      render(drawn, this.#element);
    };
    guard.begin();
    paint(false);
    try {
      const value = await promise;
      // What follows is not known here: until then it stands there and takes nothing.
      paint(true);
      return value;
    } finally {
      signal.removeEventListener("abort", dismiss);
    }
  }

  /** Nothing is asked any more. */
  clear(): void {
    this.#guard?.close();
    this.#guard = undefined;
    render(null, this.#element);
  }

  #newGuard(): ConsentGuard {
    const isFrame = this.#place === "frame";
    const sight = isFrame && canSee() ? sightInFrame() : sightInWindow();
    return new ConsentGuard({ sight, isFrame });
  }
}

function nameOf({ kind, details }: Question): string {
  return kind === "add-device" ? `${kind} ${details.step}` : kind;
}
