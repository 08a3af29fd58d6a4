import { createContext } from "preact";
import type { RefObject } from "preact";
import { useContext, useEffect, useState } from "preact/hooks";

import type { ConsentGuard } from "./guard/consent-guard.ts";

/** What every part of a prompt may need. */
export type PromptScene = {
  /** Left out where nothing is consented to. */
  readonly guard: ConsentGuard | undefined;
  readonly dismiss: () => void;
  /** An answer has been given, and nobody knows yet what follows. */
  readonly isBusy: boolean;
};

const Scene = createContext<PromptScene | undefined>(undefined);

export const SceneProvider = Scene.Provider;

export function useScene(): PromptScene {
  const scene = useContext(Scene);
  if (scene === undefined) throw new Error("a prompt stands in a scene");
  return scene;
}

/** Has the guard see to it that the element is seen before anybody consents. */
export function useWatched(element: RefObject<Element>): void {
  const { guard } = useScene();
  useEffect(() => {
    const { current } = element;
    if (guard === undefined || current === null) return undefined;
    return guard.watch(current);
  }, [guard]);
}

/** Whether a press of this button would count now. */
export function useMayConsent(button: RefObject<Element>): boolean {
  const { guard } = useScene();
  const [may, setMay] = useState(guard === undefined);
  useWatched(button);
  useEffect(() => {
    if (guard === undefined) return undefined;
    const look = (): void => {
      const { current } = button;
      setMay(current !== null && guard.mayConsent(current));
    };
    look();
    return guard.listen(look);
  }, [guard]);
  return may;
}
