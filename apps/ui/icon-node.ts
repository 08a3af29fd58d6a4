/** A drawing of lucide: elements of an SVG of 24 by 24. */
export type IconNode = readonly (readonly [
  name: string,
  attributes: Readonly<Record<string, string | number | undefined>>,
])[];
