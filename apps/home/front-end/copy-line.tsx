import { Button } from "@kith/ui/button";
import { checkIcon, copyIcon } from "@kith/ui/icons";
import { useEffect, useRef, useState } from "preact/hooks";

import { texts } from "./texts.ts";

type CopyLineProps = { readonly text: string; readonly label?: string };

/** Something to be taken along, and a button that does it. */
export function CopyLine({ text, label }: CopyLineProps) {
  const [isCopied, setCopied] = useState(false);
  const code = useRef<HTMLElement>(null);
  useEffect(() => {
    if (!isCopied) return undefined;
    const timer = setTimeout(() => setCopied(false), 1500);
    return () => clearTimeout(timer);
  }, [isCopied]);
  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(text);
      setCopied(true);
    } catch {
      // Without permission the text is selected, so that the usual keys copy it.
      if (code.current !== null) getSelection()?.selectAllChildren(code.current);
    }
  };
  return (
    <div class="grid grid-cols-1 content-start gap-1">
      {label !== undefined && <p class="font-semibold">{label}</p>}
      <div class="flex items-center gap-2">
        <code ref={code} class="min-w-0 flex-1 font-mono text-small">
          {text}
        </code>
        <Button size="small" icon={isCopied ? checkIcon : copyIcon} onClick={() => void copy()}>
          {isCopied ? texts.copied : texts.copy}
        </Button>
      </div>
    </div>
  );
}
