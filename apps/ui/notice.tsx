import type { ComponentChildren } from "preact";

import { classNames } from "./class-names.ts";
import type { IconNode } from "./icon-node.ts";
import { Icon } from "./icon.tsx";
import { checkIcon, dangerIcon, offlineIcon, warningIcon } from "./icons.ts";

export type NoticeKind = "done" | "offline" | "warning" | "danger";

export type NoticeProps = {
  readonly kind: NoticeKind;
  readonly children: ComponentChildren;
  /** What to do about it. */
  readonly action?: ComponentChildren;
  readonly class?: string;
};

const looks: Readonly<Record<NoticeKind, readonly [icon: IconNode, classes: string]>> = {
  done: [checkIcon, "bg-accent-soft"],
  offline: [offlineIcon, "bg-sunken"],
  warning: [warningIcon, "bg-warning-soft"],
  danger: [dangerIcon, "bg-danger-soft"],
};

/** What happened, that nothing was lost, and what to do. What is wrong is told at once, the rest when there is a pause. */
export function Notice({ kind, children, action, class: className }: NoticeProps) {
  const [icon, look] = looks[kind];
  return (
    <div
      role={kind === "danger" ? "alert" : "status"}
      class={classNames("flex items-start gap-3 rounded-card px-4 py-3", look, className)}
    >
      <Icon node={icon} class="mt-0.75 shrink-0" />
      <div class="min-w-0 flex-1">{children}</div>
      {action}
    </div>
  );
}
