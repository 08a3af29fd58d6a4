import {
  frameHeightMin,
  frameWidthMin,
  seenMsMin,
  tappedWidthShareMin,
  windowShareMin,
} from "./limits.ts";
import { PointerPath } from "./pointer-path.ts";
import type { Sight } from "./sight.ts";

/** What marks an element that consents, and its form's submission by the Enter key. */
export const consentMark = "data-consent";

type Watched = { seenSinceMs: number | undefined };

type GuardOptions = {
  readonly sight: Sight;
  /** A window of its own needs to fear neither how large it is nor where. */
  readonly isFrame: boolean;
};

/** A click without a place so long after the last press belongs to none. */
const assistedMsMin = 1000;

/**
 * Decides which clicks and keys are somebody's answer. Consent counts when what is asked, and the button itself, have been
 * in full sight for a while, and the press has begun on that button: pages around the frame may cover it, fade it, shrink it,
 * move it below the pointer, or make somebody press faster than he reads.
 */
export class ConsentGuard {
  readonly #sight: Sight;
  readonly #isFrame: boolean;
  readonly #watched = new Map<Element, Watched>();
  readonly #listeners = new Set<() => void>();
  readonly #pointer = new PointerPath();
  readonly #ending = new AbortController();
  #begunMs = performance.now();
  /** Since when nothing has happened to the window that could make a press mean something else. */
  #quietSinceMs = performance.now();
  /** The button on which a press has begun, and when the last one began anywhere. */
  #pressed: Element | undefined;
  #pressedMs = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor({ sight, isFrame }: GuardOptions) {
    this.#sight = sight;
    this.#isFrame = isFrame;
    const { signal } = this.#ending;
    const first = { capture: true, signal };
    const disturb = (): void => this.#disturb();
    for (const name of ["focus", "resize", "pageshow"]) addEventListener(name, disturb, { signal });
    document.addEventListener("visibilitychange", disturb, { signal });
    document.addEventListener("pointerdown", (event) => this.#pointerDown(event), first);
    document.addEventListener("pointermove", (event) => this.#pointerAt(event), first);
    document.documentElement.addEventListener("pointerleave", () => this.#pointer.leave(), {
      signal,
    });
    document.addEventListener("keydown", (event) => this.#keyDown(event), first);
    document.addEventListener("click", (event) => this.#click(event), first);
    this.#changed();
  }

  /** Another question is there: nobody has read it yet. */
  begin(): void {
    this.#begunMs = performance.now();
    this.#disturb();
  }

  /** What has to be seen: the whole question, its sentence, a button. Gives the function that ends it. */
  watch(element: Element): () => void {
    const watched: Watched = { seenSinceMs: undefined };
    this.#watched.set(element, watched);
    const unwatch = this.#sight.watch(element, (isSeen) => {
      if (isSeen === (watched.seenSinceMs !== undefined)) return;
      watched.seenSinceMs = isSeen ? performance.now() : undefined;
      this.#changed();
    });
    return () => {
      unwatch();
      this.#watched.delete(element);
      this.#changed();
    };
  }

  /** Whether a press of this button would count now. */
  mayConsent(button: Element): boolean {
    const now = performance.now();
    if (now - this.#quietSinceMs < seenMsMin || !this.#isLargeEnough()) return false;
    if (!this.#watched.has(button)) return false;
    const needed = [...this.#watched].filter(
      ([element]) => element === button || !element.hasAttribute(consentMark),
    );
    return needed.every(
      ([, { seenSinceMs }]) => seenSinceMs !== undefined && now - seenSinceMs >= seenMsMin,
    );
  }

  /** Whether all but the buttons is in sight. */
  get isSeen(): boolean {
    const questions = [...this.#watched].filter(([element]) => !element.hasAttribute(consentMark));
    return (
      this.#isLargeEnough() && questions.every(([, { seenSinceMs }]) => seenSinceMs !== undefined)
    );
  }

  /** Called when `mayConsent` may have changed. Gives the function that ends it. */
  listen(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  close(): void {
    this.#ending.abort();
    clearTimeout(this.#timer);
  }

  #disturb(): void {
    this.#quietSinceMs = performance.now();
    this.#pressed = undefined;
    this.#changed();
  }

  #changed(): void {
    for (const listener of this.#listeners) listener();
    clearTimeout(this.#timer);
    // Once more when all that was seen has been seen for long enough.
    this.#timer = setTimeout(() => {
      for (const listener of this.#listeners) listener();
    }, seenMsMin + 10);
  }

  #isLargeEnough(): boolean {
    if (!this.#isFrame) return true;
    const [width, height] = [outerWidth || Infinity, outerHeight || Infinity];
    return (
      innerWidth >= Math.min(frameWidthMin, width) &&
      innerHeight >= Math.min(frameHeightMin, windowShareMin * height)
    );
  }

  #pointerAt(event: PointerEvent): void {
    if (event.isTrusted && event.pointerType === "mouse") {
      this.#pointer.take(event, performance.now());
    }
  }

  #pointerDown(event: PointerEvent): void {
    this.#pointerAt(event);
    const button = consentOf(event.target);
    this.#pressedMs = performance.now();
    const isMeant = event.isTrusted && button !== undefined && this.#isAimed(event);
    this.#pressed = isMeant && this.mayConsent(button) ? button : undefined;
  }

  /** Fingers come from nowhere: there the frame must leave a page no room to put it somewhere else. */
  #isAimed({ pointerType }: PointerEvent): boolean {
    if (!this.#isFrame) return true;
    if (pointerType === "mouse") return this.#pointer.isSteady(performance.now());
    return (
      innerWidth >= tappedWidthShareMin * outerWidth && innerHeight >= windowShareMin * outerHeight
    );
  }

  #keyDown(event: KeyboardEvent): void {
    const isPress = event.key === "Enter" || event.key === " " || event.key === "Escape";
    if (!isPress) return;
    const { target } = event;
    const button =
      target instanceof HTMLInputElement
        ? (target.form?.querySelector(`[${consentMark}][type=submit]`) ?? undefined)
        : consentOf(target);
    this.#pressed = undefined;
    this.#pressedMs = performance.now();
    if (!event.isTrusted || event.repeat || this.#isEarly()) stop(event);
    else if (button === undefined) return;
    else if (this.mayConsent(button)) this.#pressed = button;
    else if (event.key === "Enter") stop(event);
  }

  #click(event: MouseEvent): void {
    const button = consentOf(event.target);
    const isPressed = button === this.#pressed || this.#isAssisted(event);
    this.#pressed = undefined;
    if (!event.isTrusted || this.#isEarly()) stop(event);
    else if (button !== undefined && (!isPressed || !this.mayConsent(button))) stop(event);
  }

  /** What somebody presses that early was meant for what was there before. */
  #isEarly(): boolean {
    return performance.now() - this.#begunMs < seenMsMin;
  }

  /** Voices and switches press without a pointer and without keys. */
  #isAssisted({ detail }: MouseEvent): boolean {
    return detail === 0 && performance.now() - this.#pressedMs > assistedMsMin;
  }
}

function consentOf(target: EventTarget | null): Element | undefined {
  return target instanceof Element ? (target.closest(`[${consentMark}]`) ?? undefined) : undefined;
}

function stop(event: Event): void {
  event.preventDefault();
  event.stopImmediatePropagation();
}
