export type TimeAgo = {
  readonly value: number;
  readonly unit: "second" | "minute" | "hour" | "day" | "month" | "year";
  /** After this it reads differently. */
  readonly nextChangeMs: number;
};

const secondMs = 1000;
const minuteMs = 60 * secondMs;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;
const monthMs = 30.44 * dayMs;
const yearMs = 365.25 * dayMs;

/** How long ago in the unit that a person would use; a time to come has a positive value. */
export function timeAgo(thenMs: number, nowMs: number): TimeAgo {
  const elapsedMs = nowMs - thenMs;
  const agoMs = Math.abs(elapsedMs);
  // Clocks differ by seconds, and "in 3 seconds" below one's own words is odd.
  if (agoMs < 45 * secondMs) return { value: 0, unit: "second", nextChangeMs: 15 * secondMs };
  const [unit, unitMs] = unitOf(agoMs);
  const count = Math.max(1, Math.round(agoMs / unitMs));
  const value = elapsedMs > 0 ? -count : count;
  return { value, unit, nextChangeMs: Math.min(unitMs / 2, hourMs) };
}

function unitOf(agoMs: number): readonly [TimeAgo["unit"], number] {
  if (agoMs < 59.5 * minuteMs) return ["minute", minuteMs];
  if (agoMs < 23.5 * hourMs) return ["hour", hourMs];
  if (agoMs < 30 * dayMs) return ["day", dayMs];
  if (agoMs < 11.5 * monthMs) return ["month", monthMs];
  return ["year", yearMs];
}
