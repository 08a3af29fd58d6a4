import type { ButtonHTMLAttributes, ComponentChildren, Ref } from "preact";

import { classNames } from "./class-names.ts";
import type { IconNode } from "./icon-node.ts";
import { Icon } from "./icon.tsx";
import { spinnerIcon } from "./icons.ts";

export type ButtonKind = "primary" | "secondary" | "quiet" | "danger";

export type ButtonProps = Omit<ButtonHTMLAttributes, "icon" | "size" | "label" | "class"> & {
  readonly kind?: ButtonKind;
  readonly size?: "normal" | "small";
  readonly icon?: IconNode;
  /** What it does, where an icon is all that it shows. */
  readonly label?: string;
  /** While it is true the button keeps its place and its focus, and does nothing. */
  readonly busy?: boolean;
  readonly class?: string;
  readonly buttonRef?: Ref<HTMLButtonElement>;
  readonly children?: ComponentChildren;
};

const kinds: Readonly<Record<ButtonKind, string>> = {
  primary:
    "border-accent bg-accent text-on-accent hover:border-accent-strong hover:bg-accent-strong",
  secondary: "border-control bg-raised text-ink hover:bg-sunken",
  quiet: "border-transparent bg-transparent text-ink hover:bg-sunken",
  danger:
    "border-danger bg-danger text-on-danger hover:border-danger-strong hover:bg-danger-strong",
};

const sizes = {
  normal: "min-h-11 gap-2 px-4 py-2 text-base",
  small: "min-h-9 gap-1.5 px-3 py-1 text-small",
} as const;

/** What it does is a verb: "Publish", "Invite". */
export function Button({
  kind = "secondary",
  size = "normal",
  icon,
  label,
  busy = false,
  class: className,
  buttonRef,
  children,
  onClick,
  ...others
}: ButtonProps) {
  const shown = busy ? spinnerIcon : icon;
  return (
    <button
      type="button"
      {...others}
      {...(buttonRef === undefined ? {} : { ref: buttonRef })}
      aria-label={label}
      title={label}
      aria-busy={busy}
      aria-disabled={busy}
      onClick={busy ? preventDefault : onClick}
      class={classNames(
        "inline-flex items-center justify-center rounded-control border font-semibold",
        "transition-colors disabled:cursor-not-allowed disabled:opacity-50",
        kinds[kind],
        sizes[size],
        children === undefined && "px-0! aspect-square",
        className,
      )}
    >
      {shown !== undefined && (
        <Icon node={shown} class={classNames("shrink-0", busy && "animate-spin")} />
      )}
      {children}
    </button>
  );
}

/** A busy button in a form does not send it once more. */
function preventDefault(event: Event): void {
  event.preventDefault();
}
