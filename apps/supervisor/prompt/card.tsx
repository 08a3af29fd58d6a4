import { Button } from "@kith/ui/button";
import { Notice } from "@kith/ui/notice";
import type { ComponentChildren } from "preact";
import { useEffect, useId, useLayoutEffect, useRef, useState } from "preact/hooks";

import { useScene, useWatched } from "./context.ts";
import { commonTexts as texts } from "./texts.ts";

type CardProps = {
  /** Who asks: the network, in which app. */
  readonly asked: string;
  /** Who wants what on whose behalf, in one sentence. */
  readonly title: string;
  readonly children?: ComponentChildren;
  /** What consents; the safe answer stands before it. */
  readonly actions?: ComponentChildren;
  /** The safe answer, where "Not now" would be odd. */
  readonly dismissLabel?: string | undefined;
};

/** So long something may be in the way before that is said. */
const coveredMs = 1500;

/**
 * A question above the page: the sentence and the buttons always stand there in full, what is between them may be scrolled.
 * The safe answer has the focus, and Escape gives it, too.
 */
export function Card({ asked, title, children, actions, dismissLabel }: CardProps) {
  const { dismiss, isBusy, guard } = useScene();
  const dialog = useRef<HTMLDialogElement>(null);
  const safe = useRef<HTMLButtonElement>(null);
  const sentence = useRef<HTMLHeadingElement>(null);
  const id = useId();
  useWatched(dialog);
  useWatched(sentence);
  useLayoutEffect(() => {
    dialog.current?.showModal();
    safe.current?.focus();
    // The page gives the focus to the frame, sometimes only now.
    const take = (): void => {
      if (document.activeElement === document.body) safe.current?.focus();
    };
    addEventListener("focus", take);
    return () => removeEventListener("focus", take);
  }, []);
  return (
    <dialog
      ref={dialog}
      aria-labelledby={id}
      onCancel={(event) => {
        event.preventDefault();
        dismiss();
      }}
      onKeyDown={keepFocus}
      class="m-auto mb-0 flex max-h-full w-full max-w-none flex-col overflow-hidden rounded-t-card border border-line bg-raised p-0 text-ink shadow-floating sm:mb-auto sm:max-h-[calc(100%-32px)] sm:max-w-110 sm:rounded-card"
    >
      <div class="grid shrink-0 gap-1 p-4 pb-2 sm:px-6 sm:pt-5">
        <p class="text-small text-quiet">{asked}</p>
        <h1 id={id} ref={sentence} class="text-large font-semibold text-balance wrap-anywhere">
          {title}
        </h1>
      </div>
      <div class="grid min-h-0 grid-cols-1 gap-4 overflow-y-auto px-4 py-2 sm:px-6">
        {guard !== undefined && <CoveredNotice />}
        {children}
      </div>
      <div class="flex shrink-0 flex-col-reverse gap-2 p-4 pt-2 sm:flex-row sm:justify-end sm:px-6 sm:pb-5">
        <Button buttonRef={safe} onClick={dismiss} disabled={isBusy}>
          {dismissLabel ?? texts.notNow}
        </Button>
        {actions}
      </div>
    </dialog>
  );
}

/** Says why nothing can be pressed, and leads to where it can. */
function CoveredNotice() {
  const { guard, isBusy } = useScene();
  const [isCovered, setCovered] = useState(false);
  useEffect(() => {
    if (guard === undefined) return undefined;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const look = (): void => {
      const isSeen = guard.isSeen;
      if (isSeen) setCovered(false);
      if (isSeen || timer === undefined) clearTimeout(timer);
      timer = isSeen ? undefined : (timer ?? setTimeout(() => setCovered(true), coveredMs));
    };
    look();
    const end = guard.listen(look);
    return () => {
      end();
      clearTimeout(timer);
    };
  }, [guard]);
  if (!isCovered || isBusy) return null;
  return <Notice kind="warning">{texts.covered}</Notice>;
}

/** The page around the frame is not there as long as something is asked. */
function keepFocus(event: KeyboardEvent & { readonly currentTarget: HTMLElement }): void {
  if (event.key !== "Tab") return;
  const all = [
    ...event.currentTarget.querySelectorAll<HTMLElement>("a[href], button, input, summary, select"),
  ].filter((each) => !each.matches(":disabled") && each.checkVisibility() && isStop(each));
  const [first, last] = [all[0], all.at(-1)];
  const [from, to] = event.shiftKey ? [first, last] : [last, first];
  if (document.activeElement !== from) return;
  event.preventDefault();
  to?.focus();
}

/** Of radio buttons of one name, the chosen one alone is a stop. */
function isStop(element: HTMLElement): boolean {
  if (!(element instanceof HTMLInputElement) || element.type !== "radio") return true;
  return element.checked;
}
