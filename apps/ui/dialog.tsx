import type { ComponentChildren } from "preact";
import { useEffect, useId, useRef } from "preact/hooks";

import { Button } from "./button.tsx";
import { classNames } from "./class-names.ts";
import { closeIcon } from "./icons.ts";

export type DialogProps = {
  readonly open: boolean;
  /** By the button, the Escape key, or a click beside it. */
  readonly onClose: () => void;
  readonly title: string;
  readonly closeLabel: string;
  readonly children: ComponentChildren;
  /** Buttons. The safe one has `autofocus`, else the dialog's first control has the focus. */
  readonly actions?: ComponentChildren;
  readonly class?: string;
};

/**
 * The browser's own dialog: what is behind cannot be reached, and the focus goes back where it was. On a phone it stands at
 * the lower edge, in reach of the thumb.
 */
export function Dialog({
  open,
  onClose,
  title,
  closeLabel,
  children,
  actions,
  ...others
}: DialogProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const id = useId();
  useEffect(() => {
    const element = dialog.current;
    if (element === null || element.open === open) return;
    if (open) element.showModal();
    else element.close();
  }, [open]);
  return (
    <dialog
      ref={dialog}
      aria-labelledby={id}
      onClose={() => open && onClose()}
      onClick={(event) => event.target === event.currentTarget && onClose()}
      class={classNames(
        "m-auto mb-0 w-full max-w-none rounded-t-card border border-line bg-raised p-0 text-ink shadow-floating",
        "open:animate-arrive sm:mb-auto sm:max-w-120 sm:rounded-card",
        others.class,
      )}
    >
      {open && (
        <div class="grid gap-4 p-4 sm:p-6">
          <div class="flex items-start justify-between gap-4">
            <h2 id={id} class="text-title font-semibold text-balance">
              {title}
            </h2>
            <Button
              kind="quiet"
              size="small"
              icon={closeIcon}
              label={closeLabel}
              onClick={onClose}
            />
          </div>
          {children}
          {actions !== undefined && (
            <div class="flex flex-col-reverse gap-2 sm:flex-row sm:justify-end">{actions}</div>
          )}
        </div>
      )}
    </dialog>
  );
}
