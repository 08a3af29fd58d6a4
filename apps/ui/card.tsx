import type { ComponentChildren } from "preact";

import { classNames } from "./class-names.ts";

export type CardProps = {
  readonly title?: string;
  /** Beside the title. */
  readonly action?: ComponentChildren;
  readonly class?: string;
  readonly children: ComponentChildren;
};

export function Card({ title, action, class: className, children }: CardProps) {
  return (
    <section
      aria-label={title}
      class={classNames("rounded-card border border-line bg-raised p-4", className)}
    >
      {title !== undefined && (
        <div class="mb-3 flex flex-wrap items-center justify-between gap-2">
          <h2 class="text-large font-semibold">{title}</h2>
          {action}
        </div>
      )}
      {children}
    </section>
  );
}
