import type { ComponentChildren } from "preact";
import { useEffect } from "preact/hooks";

type PageHeadProps = {
  readonly title: string;
  readonly lead?: string;
  /** Beside the title. */
  readonly children?: ComponentChildren;
};

export function PageHead({ title, lead, children }: PageHeadProps) {
  useEffect(() => {
    document.title = title;
  }, [title]);
  return (
    <div class="flex flex-wrap items-start justify-between gap-x-4 gap-y-2">
      <div class="min-w-0">
        <h1 class="text-display font-semibold text-balance">{title}</h1>
        {lead !== undefined && <p class="text-quiet">{lead}</p>}
      </div>
      {children}
    </div>
  );
}
