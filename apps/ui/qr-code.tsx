import { encode } from "uqr";

import { classNames } from "./class-names.ts";

export type QrCodeProps = {
  readonly text: string;
  /** What it is for those who cannot see it; the text itself should stand beside it to be copied. */
  readonly label: string;
  readonly class?: string;
};

/** Dark on white in any colours of the page, with the border that cameras need. */
export function QrCode({ text, label, class: className }: QrCodeProps) {
  const { data, size } = encode(text, { ecc: "M", border: 4 });
  const path = data.flatMap((row, y) =>
    row.flatMap((dark, x) => (dark ? [`M${x} ${y}h1v1h-1z`] : [])),
  );
  return (
    <svg
      role="img"
      aria-label={label}
      viewBox={`0 0 ${size} ${size}`}
      shape-rendering="crispEdges"
      class={classNames("w-full max-w-64 rounded-control bg-white", className)}
    >
      <path d={path.join("")} fill="#000000" />
    </svg>
  );
}
