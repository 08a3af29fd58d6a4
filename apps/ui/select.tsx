import { classNames } from "./class-names.ts";
import { Field, inputClasses, type FieldTexts } from "./field.tsx";

export type SelectOption<Value extends string> = { readonly value: Value; readonly label: string };

export type SelectProps<Value extends string> = FieldTexts & {
  readonly options: readonly SelectOption<Value>[];
  readonly value: Value;
  readonly onSelect: (value: Value) => void;
  readonly disabled?: boolean;
  readonly class?: string;
};

/** The system's own: it is the one that everybody's fingers, eyes and readers know. */
export function Select<Value extends string>(props: SelectProps<Value>) {
  const { label, hint, error, labelHidden, options, value, onSelect, disabled = false } = props;
  const choose = (chosen: string): void => {
    const option = options.find((each) => each.value === chosen);
    if (option !== undefined) onSelect(option.value);
  };
  return (
    <Field {...{ label, hint, error, labelHidden }} class={props.class}>
      {(attributes) => (
        <select
          {...attributes}
          disabled={disabled}
          value={value}
          onChange={(event) => choose(event.currentTarget.value)}
          class={classNames(inputClasses, "pe-8")}
        >
          {options.map((option) => (
            <option key={option.value} value={option.value}>
              {option.label}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
}
