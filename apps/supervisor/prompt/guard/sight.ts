/** Which elements are to be seen by whoever sits before the screen, as far as the browser can tell a frame. */
export type Sight = {
  /** Gives the function that ends it. */
  readonly watch: (element: Element, onChange: (isSeen: boolean) => void) => () => void;
};

/** Of an element that is there in full; layout rounds. */
const wholeRatio = 0.99;
/** The least that browsers take for looking whether something is covered. */
const lookMs = 100;

/** Whether the browser tells a frame that the page around it covers, fades or distorts it (Intersection Observer v2). */
export function canSee(): boolean {
  return (
    typeof IntersectionObserverEntry === "function" &&
    "isVisible" in IntersectionObserverEntry.prototype
  );
}

/** For a frame, which a page may put anywhere. */
export function sightInFrame(): Sight {
  const listeners = new Map<Element, (isSeen: boolean) => void>();
  const options = { threshold: [0, wholeRatio, 1], trackVisibility: true, delay: lookMs };
  const observer = new IntersectionObserver((entries) => {
    for (const entry of entries) {
      const isVisible = Reflect.get(entry, "isVisible") === true;
      const isSeen = isVisible && entry.intersectionRatio >= wholeRatio;
      listeners.get(entry.target)?.(isSeen);
    }
  }, options);
  return {
    watch: (element, onChange) => {
      listeners.set(element, onChange);
      observer.observe(element);
      return () => {
        listeners.delete(element);
        observer.unobserve(element);
      };
    },
  };
}

/** For a window of its own, which nobody can reach into. */
export function sightInWindow(): Sight {
  return {
    watch: (_element, onChange) => {
      const look = (): void => onChange(document.visibilityState === "visible");
      document.addEventListener("visibilitychange", look);
      look();
      return () => document.removeEventListener("visibilitychange", look);
    },
  };
}
