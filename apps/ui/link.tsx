import type { AnchorHTMLAttributes, ComponentChildren } from "preact";

import { classNames } from "./class-names.ts";
import type { IconNode } from "./icon-node.ts";
import { Icon } from "./icon.tsx";

export type LinkProps = Omit<AnchorHTMLAttributes, "class" | "icon"> & {
  readonly href: string;
  readonly icon?: IconNode;
  readonly class?: string;
  readonly children: ComponentChildren;
};

export function Link({ icon, class: className, children, ...others }: LinkProps) {
  return (
    <a
      {...others}
      class={classNames(
        "inline-flex items-center gap-1.5 text-accent underline underline-offset-2 hover:text-accent-strong",
        className,
      )}
    >
      {icon !== undefined && <Icon node={icon} />}
      {children}
    </a>
  );
}
