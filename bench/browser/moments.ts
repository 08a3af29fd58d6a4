import type { BrowserContext, Frame, Page } from "playwright-core";

/** When something of this name happened first in a frame, in milliseconds since the Unix epoch by the browser's clock. */
export type Moments = Readonly<Record<string, number>>;

declare global {
  var kithMoments: Record<string, number>;
}

/**
 * Has each frame of all pages write down its own moments, so that no driver's round trip is in them: when it was opened, when a text
 * stood there as an element's own, when a field to type in did, when a button was pressed.
 */
export async function noteMoments(
  context: BrowserContext,
  texts: readonly string[],
): Promise<void> {
  await context.addInitScript(note, [...texts]);
}

export function momentsOf(frame: Frame | Page): Promise<Moments> {
  return frame.evaluate(() => globalThis.kithMoments);
}

/** Runs in each frame before anything of the page does. */
function note(texts: readonly string[]): void {
  const moments: Record<string, number> = { opened: performance.timeOrigin };
  globalThis.kithMoments = moments;
  const mark = (name: string): void => {
    moments[name] ??= performance.timeOrigin + performance.now();
  };
  const look = (): void => {
    if (document.querySelector("input[type=text]") !== null) mark("field");
    const open = texts.filter((text) => moments[text] === undefined);
    if (open.length === 0) return;
    const nodes = document.createTreeWalker(document, NodeFilter.SHOW_TEXT);
    while (nodes.nextNode() !== null) {
      const text = nodes.currentNode.textContent?.trim() ?? "";
      if (open.includes(text)) mark(text);
    }
  };
  const options = { subtree: true, childList: true, characterData: true };
  new MutationObserver(look).observe(document, options);
  addEventListener("click", () => mark("pressed"), { capture: true });
  // What the fixtures' pages put on `window`, they can be called with from then on.
  let tools: unknown;
  Object.defineProperty(globalThis, "tools", {
    get: () => tools,
    set: (given: unknown) => {
      tools = given;
      mark("tools");
    },
  });
}
