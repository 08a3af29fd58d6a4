import type { ComponentChildren } from "preact";

import { Button } from "./button.tsx";
import { classNames } from "./class-names.ts";
import type { ListState } from "./list-state.ts";
import { Notice } from "./notice.tsx";
import { Skeleton } from "./skeleton.tsx";

export type ListTexts = {
  readonly label: string;
  readonly loading: string;
  readonly stale: string;
  readonly offline: string;
  readonly retry: string;
};

export type ListProps<Item> = {
  readonly state: ListState<Item>;
  readonly texts: ListTexts;
  readonly keyOf: (item: Item) => string | number;
  readonly children: (item: Item) => ComponentChildren;
  /** Instead of a list of nothing: what could be here, and how to begin. */
  readonly empty: ComponentChildren;
  readonly onRetry: () => void;
  readonly class?: string;
};

/** Whatever is known stays on the screen; above it stands why it may not be all. */
export function List<Item>(props: ListProps<Item>) {
  const { state, texts, keyOf, children, empty, onRetry } = props;
  const items = state.status === "loading" ? undefined : state.items;
  return (
    <div
      class={classNames("grid grid-cols-1 gap-3", props.class)}
      aria-busy={state.status === "loading"}
    >
      {state.status === "loading" && <Skeleton label={texts.loading} />}
      {state.status === "stale" && (
        <p role="status" class="text-small text-quiet">
          {texts.stale}
        </p>
      )}
      {state.status === "offline" && <Notice kind="offline">{texts.offline}</Notice>}
      {state.status === "error" && (
        <Notice
          kind="danger"
          action={
            <Button size="small" onClick={onRetry}>
              {texts.retry}
            </Button>
          }
        >
          {state.message}
        </Notice>
      )}
      {items !== undefined && items.length === 0 && <div class="py-6 text-quiet">{empty}</div>}
      {items !== undefined && items.length > 0 && (
        <ul aria-label={texts.label}>
          {items.map((item) => (
            <li key={keyOf(item)}>{children(item)}</li>
          ))}
        </ul>
      )}
    </div>
  );
}
