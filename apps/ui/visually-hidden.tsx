import type { ComponentChildren } from "preact";

/** Text for those who hear the page. */
export function VisuallyHidden({ children }: { readonly children: ComponentChildren }) {
  return <span class="sr-only">{children}</span>;
}
