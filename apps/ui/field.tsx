import type { VNode } from "preact";
import { useId } from "preact/hooks";

import { classNames } from "./class-names.ts";

/** What every field says about itself. */
export type FieldTexts = {
  readonly label: string;
  /** What is allowed, or what it is for. */
  readonly hint?: string | undefined;
  /** What is wrong, and what to do about it. Undefined as long as nothing is. */
  readonly error?: string | undefined;
  /** The label is heard and not seen: where the place says it. */
  readonly labelHidden?: boolean | undefined;
};

/** For the element that takes the input. */
export type FieldAttributes = {
  readonly id: string;
  readonly "aria-describedby": string | undefined;
  readonly "aria-invalid": boolean;
};

export type FieldProps = FieldTexts & {
  readonly class?: string | undefined;
  readonly children: (attributes: FieldAttributes) => VNode;
};

/** A label, the input, and below it the hint or what is wrong: the place is kept, so nothing jumps. */
export function Field({ label, hint, error, labelHidden, class: className, children }: FieldProps) {
  const id = useId();
  const note = error ?? hint;
  const isWrong = error !== undefined;
  return (
    <div class={classNames("grid gap-1", className)}>
      <label for={id} class={labelHidden === true ? "sr-only" : "font-semibold"}>
        {label}
      </label>
      {children({
        id,
        "aria-describedby": note === undefined ? undefined : `${id}-note`,
        "aria-invalid": isWrong,
      })}
      <p
        id={`${id}-note`}
        role={isWrong ? "alert" : undefined}
        class={classNames(
          "text-small",
          isWrong ? "text-danger" : "text-quiet",
          note === undefined && "hidden",
        )}
      >
        {note}
      </p>
    </div>
  );
}

/** How everything looks that takes text. */
export const inputClasses =
  "w-full min-h-11 rounded-control border border-control bg-raised px-3 py-2 text-ink placeholder:text-quiet disabled:opacity-50 aria-invalid:border-danger";
