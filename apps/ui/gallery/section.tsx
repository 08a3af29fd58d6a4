import type { ComponentChildren } from "preact";

type SectionProps = { readonly title: string; readonly children: ComponentChildren };

export function Section({ title, children }: SectionProps) {
  return (
    <section class="grid gap-4">
      <h2 class="text-title font-semibold">{title}</h2>
      {children}
    </section>
  );
}
