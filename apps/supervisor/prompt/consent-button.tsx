import { Button, type ButtonProps } from "@kith/ui/button";
import { classNames } from "@kith/ui/class-names";
import { useRef } from "preact/hooks";

import { useMayConsent, useScene } from "./context.ts";
import { consentMark } from "./guard/consent-guard.ts";

/** What fades counts as not seen, so it does not fade while it waits for being seen. */
const waiting =
  "disabled:border-line! disabled:bg-sunken! disabled:text-quiet! disabled:opacity-100!";

/** A button that consents: it works once the guard says so. */
export function ConsentButton({
  children,
  class: className,
  ...props
}: Omit<ButtonProps, "buttonRef" | "busy">) {
  const { isBusy } = useScene();
  const button = useRef<HTMLButtonElement>(null);
  const may = useMayConsent(button);
  return (
    <Button
      kind="primary"
      {...props}
      {...{ [consentMark]: "" }}
      disabled={!may || isBusy}
      buttonRef={button}
      class={classNames(waiting, className)}
    >
      {children}
    </Button>
  );
}
