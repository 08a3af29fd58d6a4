import { h } from "preact";

import type { IconNode } from "./icon-node.ts";

export type IconProps = {
  /** One of icons.ts. */
  readonly node: IconNode;
  /** In pixels of a text of usual size. */
  readonly size?: number;
  readonly class?: string;
};

/** Always beside a text or in something that has a label, so readers of screens do not hear of it. */
export function Icon({ node, size = 18, class: className }: IconProps) {
  const length = `${size / 16}rem`;
  return (
    <svg
      viewBox="0 0 24 24"
      width={length}
      height={length}
      fill="none"
      stroke="currentColor"
      stroke-width="1.5"
      stroke-linecap="round"
      stroke-linejoin="round"
      aria-hidden="true"
      class={className ?? "shrink-0"}
    >
      {node.map(([name, attributes]) => h(name, attributes))}
    </svg>
  );
}
