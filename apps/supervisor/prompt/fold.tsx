import { Icon } from "@kith/ui/icon";
import { moreIcon } from "@kith/ui/icons";
import type { ComponentChildren } from "preact";

type FoldProps = {
  readonly title: string;
  readonly open?: boolean;
  readonly children: ComponentChildren;
};

/** What is there for whoever wants to know. */
export function Fold({ title, open = false, children }: FoldProps) {
  return (
    <details open={open} class="group rounded-card border border-line">
      <summary class="flex min-h-11 list-none items-center justify-between gap-2 rounded-card px-3 py-2 font-semibold">
        {title}
        <Icon node={moreIcon} class="shrink-0 group-open:rotate-180" />
      </summary>
      <div class="grid gap-3 px-3 pb-3">{children}</div>
    </details>
  );
}
