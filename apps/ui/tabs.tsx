import type { ComponentChildren } from "preact";
import { useId, useRef } from "preact/hooks";

import { classNames } from "./class-names.ts";
import { nextIndex } from "./next-index.ts";

export type Tab<Id extends string> = { readonly id: Id; readonly label: string };

export type TabsProps<Id extends string> = {
  /** What they are the parts of. */
  readonly label: string;
  readonly tabs: readonly Tab<Id>[];
  readonly selected: Id;
  readonly onSelect: (id: Id) => void;
  /** The selected part. */
  readonly children: ComponentChildren;
};

export function Tabs<Id extends string>({
  label,
  tabs,
  selected,
  onSelect,
  children,
}: TabsProps<Id>) {
  const id = useId();
  const list = useRef<HTMLDivElement>(null);
  const index = tabs.findIndex((tab) => tab.id === selected);
  const onKeyDown = (event: KeyboardEvent): void => {
    const next = nextIndex(event.key, { index, count: tabs.length, axis: "across" });
    const tab = next === undefined ? undefined : tabs[next];
    if (next === undefined || tab === undefined) return;
    event.preventDefault();
    onSelect(tab.id);
    list.current?.querySelectorAll<HTMLElement>("[role=tab]")[next]?.focus();
  };
  return (
    <div>
      <div
        ref={list}
        role="tablist"
        aria-label={label}
        onKeyDown={onKeyDown}
        class="flex gap-1 overflow-x-auto border-b border-line"
      >
        {tabs.map((tab) => (
          <button
            key={tab.id}
            type="button"
            role="tab"
            id={`${id}-${tab.id}`}
            aria-selected={tab.id === selected}
            aria-controls={`${id}-panel`}
            tabIndex={tab.id === selected ? 0 : -1}
            onClick={() => onSelect(tab.id)}
            class={classNames(
              "-mb-px min-h-11 border-b-2 px-3 whitespace-nowrap -outline-offset-2",
              tab.id === selected
                ? "border-accent font-semibold text-ink"
                : "border-transparent text-quiet hover:text-ink",
            )}
          >
            {tab.label}
          </button>
        ))}
      </div>
      <div role="tabpanel" id={`${id}-panel`} aria-labelledby={`${id}-${selected}`} class="pt-4">
        {children}
      </div>
    </div>
  );
}
