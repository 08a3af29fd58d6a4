import type { InputHTMLAttributes, Ref } from "preact";

import { classNames } from "./class-names.ts";
import { Field, inputClasses, type FieldTexts } from "./field.tsx";

export type TextInputProps = FieldTexts &
  Omit<InputHTMLAttributes, "value" | "onInput" | "class" | "label"> & {
    readonly value: string;
    readonly onInput: (value: string) => void;
    /** For codes and names of accounts: no capitals, no corrections, letters of one width. */
    readonly code?: boolean;
    readonly inputRef?: Ref<HTMLInputElement>;
    readonly class?: string;
  };

export function TextInput({
  label,
  hint,
  error,
  labelHidden,
  value,
  onInput,
  code = false,
  inputRef,
  class: className,
  ...others
}: TextInputProps) {
  return (
    <Field {...{ label, hint, error, labelHidden }} class={className}>
      {(attributes) => (
        <input
          type="text"
          {...(code ? { autocapitalize: "none", autocomplete: "off", spellcheck: false } : {})}
          {...others}
          {...attributes}
          {...(inputRef === undefined ? {} : { ref: inputRef })}
          value={value}
          onInput={(event) => onInput(event.currentTarget.value)}
          class={classNames(inputClasses, code && "font-mono")}
        />
      )}
    </Field>
  );
}
