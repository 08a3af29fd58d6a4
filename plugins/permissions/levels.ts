/** Levels for which the user is asked, from the least on. */
const levels = ["low", "medium", "high"] as const;
export type AskedLevel = (typeof levels)[number];

export function parseLevel(text: string): AskedLevel | undefined {
  return levels.find((level) => level === text);
}

/** Whether the higher level is at least the lower one; never for what is no level. */
export function coveredBy(lower: string, higher: string): boolean {
  const [low, high] = [parseLevel(lower), parseLevel(higher)];
  return low !== undefined && high !== undefined && levels.indexOf(low) <= levels.indexOf(high);
}
