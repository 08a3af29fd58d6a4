import type { Ref, TextareaHTMLAttributes } from "preact";

import { classNames } from "./class-names.ts";
import { Field, inputClasses, type FieldTexts } from "./field.tsx";

export type TextAreaProps = FieldTexts &
  Omit<TextareaHTMLAttributes, "value" | "onInput" | "class" | "label"> & {
    readonly value: string;
    readonly onInput: (value: string) => void;
    /** By the usual keys: Control or Command with Enter. */
    readonly onSend?: () => void;
    readonly inputRef?: Ref<HTMLTextAreaElement>;
    readonly class?: string;
  };

/** Grows with its text up to half of the screen, where the browser knows how. */
export function TextArea({
  label,
  hint,
  error,
  labelHidden,
  value,
  onInput,
  onSend,
  inputRef,
  class: className,
  ...others
}: TextAreaProps) {
  const sendByKeys = (event: KeyboardEvent): void => {
    if (event.key !== "Enter" || (!event.ctrlKey && !event.metaKey)) return;
    event.preventDefault();
    onSend?.();
  };
  return (
    <Field {...{ label, hint, error, labelHidden }} class={className}>
      {(attributes) => (
        <textarea
          rows={3}
          {...others}
          {...attributes}
          {...(inputRef === undefined ? {} : { ref: inputRef })}
          value={value}
          onInput={(event) => onInput(event.currentTarget.value)}
          onKeyDown={sendByKeys}
          class={classNames(inputClasses, "field-sizing-content max-h-[50vh] min-h-20 resize-y")}
        />
      )}
    </Field>
  );
}
