import type { ComponentChildren } from "preact";

import { classNames } from "./class-names.ts";

export type StatusKind = "fine" | "busy" | "warning" | "danger";

export type StatusLineProps = {
  readonly kind: StatusKind;
  readonly children: ComponentChildren;
  readonly class?: string;
};

const colors: Readonly<Record<StatusKind, string>> = {
  fine: "bg-accent",
  busy: "bg-control animate-breathe",
  warning: "bg-warning",
  danger: "bg-danger",
};

/** One line about how things are; told to those who hear the page when it changes. */
export function StatusLine({ kind, children, class: className }: StatusLineProps) {
  return (
    <p role="status" class={classNames("flex items-center gap-2 text-small text-quiet", className)}>
      <span aria-hidden="true" class={classNames("size-2 shrink-0 rounded-full", colors[kind])} />
      <span>{children}</span>
    </p>
  );
}
