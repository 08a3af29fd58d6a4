import { Card } from "./card.tsx";
import type { PromptSurface } from "./prompt-surface.tsx";
import { windowTexts as texts } from "./texts.ts";

/** For whoever opens the page of a question by its address. */
export function showNothing(surface: PromptSurface): void {
  const scene = {
    name: "nothing",
    isGuarded: false,
    draw: () => <Card asked={location.host} title={texts.nothing} dismissLabel={texts.close} />,
  };
  surface.show(scene, new AbortController().signal).catch(() => close());
}
