import { useId } from "preact/hooks";

import { classNames } from "./class-names.ts";

export type CheckboxProps = {
  readonly label: string;
  readonly hint?: string;
  readonly checked: boolean;
  readonly onChange: (checked: boolean) => void;
  readonly disabled?: boolean;
  readonly class?: string;
};

/** For what is sent with a form; what holds at once is a switch. */
export function Checkbox(props: CheckboxProps) {
  const { label, hint, checked, onChange, disabled = false } = props;
  const id = useId();
  return (
    <div class={classNames("flex gap-3", props.class)}>
      <input
        type="checkbox"
        id={id}
        checked={checked}
        disabled={disabled}
        aria-describedby={hint === undefined ? undefined : `${id}-hint`}
        onChange={(event) => onChange(event.currentTarget.checked)}
        class="mt-0.5 size-5 shrink-0 accent-accent"
      />
      <div>
        <label for={id}>{label}</label>
        {hint !== undefined && (
          <p id={`${id}-hint`} class="text-small text-quiet">
            {hint}
          </p>
        )}
      </div>
    </div>
  );
}
