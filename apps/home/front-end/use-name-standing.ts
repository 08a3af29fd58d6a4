import { useEffect, useState } from "preact/hooks";

import { useAsk } from "./data/hooks.ts";
import type { NameStanding } from "./data/source.ts";

/** Whether somebody may have this name; undefined as long as nobody knows. */
export function useNameStanding(name: string): NameStanding | undefined {
  const ask = useAsk();
  const [told, setTold] = useState<{ readonly name: string; readonly standing: NameStanding }>();
  useEffect(() => {
    if (name === "" || !isName(name)) return undefined;
    let isOver = false;
    const look = async (): Promise<void> => {
      const answer = await ask((questions) => questions.nameStanding(name));
      if (!isOver && answer.ok) setTold({ name, standing: answer.value });
    };
    const timer = setTimeout(() => void look(), typingPauseMs);
    return () => {
      isOver = true;
      clearTimeout(timer);
    };
  }, [ask, name]);
  if (name === "") return undefined;
  if (!isName(name)) return "malformed";
  return told?.name === name ? told.standing : undefined;
}

/** The rule of account names, of which the network itself has the last word. */
export function isName(text: string): boolean {
  return /^(?!-)(?!.*--)[a-z0-9-]{1,10}(?<!-)$/.test(text);
}

/** Nobody is asked about names that are half typed. */
const typingPauseMs = 250;
