import { useId } from "preact/hooks";

import type { CheckboxProps } from "./checkbox.tsx";
import { classNames } from "./class-names.ts";

/** For what holds at once. */
export function Switch(props: CheckboxProps) {
  const { label, hint, checked, onChange, disabled = false } = props;
  const id = useId();
  return (
    <div class={classNames("flex items-start justify-between gap-4", props.class)}>
      <div>
        <label for={id} class="font-semibold">
          {label}
        </label>
        {hint !== undefined && (
          <p id={`${id}-hint`} class="text-small text-quiet">
            {hint}
          </p>
        )}
      </div>
      <input
        type="checkbox"
        role="switch"
        id={id}
        checked={checked}
        disabled={disabled}
        aria-describedby={hint === undefined ? undefined : `${id}-hint`}
        onChange={(event) => onChange(event.currentTarget.checked)}
        class={classNames(
          "relative h-6 w-11 shrink-0 appearance-none rounded-full border border-control bg-sunken transition-colors",
          "before:absolute before:top-0.5 before:left-0.5 before:size-4.5 before:rounded-full before:bg-control before:transition-[translate]",
          "checked:border-accent checked:bg-accent checked:before:translate-x-5 checked:before:bg-on-accent disabled:opacity-50",
        )}
      />
    </div>
  );
}
