import { Button } from "@kith/ui/button";
import { StatusLine } from "@kith/ui/status-line";
import { useState } from "preact/hooks";

import { Card } from "./card.tsx";
import { commonTexts, windowTexts as texts } from "./texts.ts";

export type WindowCardProps = {
  readonly asked: string;
  readonly title: string;
  readonly about: string;
  /** Opens the window, if the browser lets it; what it has to come from is a click. */
  readonly open: () => boolean;
  /** Whether it was opened before the card was drawn. */
  readonly isOpen: boolean;
};

/** Stands in the page while something is asked in a window of its own, and opens that. */
export function WindowCard({ asked, title, about, open, isOpen }: WindowCardProps) {
  const [state, setState] = useState<"closed" | "open" | "blocked">(isOpen ? "open" : "closed");
  const press = (): void => setState(open() ? "open" : "blocked");
  return (
    <Card
      asked={asked}
      title={title}
      actions={
        <Button kind={state === "open" ? "secondary" : "primary"} onClick={press}>
          {state === "open" ? commonTexts.openAgain : texts.open}
        </Button>
      }
    >
      <p>{about}</p>
      {state === "open" && <StatusLine kind="busy">{commonTexts.inWindow}</StatusLine>}
      {state === "blocked" && <StatusLine kind="warning">{commonTexts.blocked}</StatusLine>}
    </Card>
  );
}
