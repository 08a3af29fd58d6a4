import { classNames } from "./class-names.ts";
import { hueOfName, initialOf } from "./color-of-name.ts";

export type AvatarProps = {
  readonly name: string;
  /** In pixels of a text of usual size. */
  readonly size?: number;
  readonly class?: string;
};

/** Always beside the name, so readers of screens do not hear of it. */
export function Avatar({ name, size = 32, class: className }: AvatarProps) {
  const hue = hueOfName(name);
  const length = `${size / 16}rem`;
  return (
    <span
      aria-hidden="true"
      style={{
        width: length,
        height: length,
        fontSize: `${size / 36}rem`,
        background: `oklch(var(--person-lightness) 0.06 ${hue})`,
        color: `oklch(var(--person-text-lightness) 0.08 ${hue})`,
      }}
      class={classNames(
        "inline-flex shrink-0 items-center justify-center rounded-full font-semibold select-none",
        className,
      )}
    >
      {initialOf(name)}
    </span>
  );
}
