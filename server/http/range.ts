import { rangesMax } from "./limits.ts";

/** Both ends included. */
export type ByteRange = { readonly first: number; readonly last: number };

export type RangeRequest =
  | { readonly kind: "whole" }
  | { readonly kind: "ranges"; readonly ranges: readonly ByteRange[] }
  | { readonly kind: "not-satisfiable" };

const whole: RangeRequest = { kind: "whole" };
const notSatisfiable: RangeRequest = { kind: "not-satisfiable" };
const rangeForm = /^([0-9]{0,15})-([0-9]{0,15})$/;

/**
 * RFC 9110 section 14.2. Units other than bytes are ignored. Malformed, too many and overlapping ranges are refused,
 * as section 14.2 allows, rather than answered with the whole file.
 */
export function parseRange(header: string, sizeBytes: number): RangeRequest {
  const equals = header.indexOf("=");
  if (header.slice(0, equals).trim().toLowerCase() !== "bytes") {
    return equals < 0 ? notSatisfiable : whole;
  }
  const items = header.slice(equals + 1).split(",");
  if (items.length > rangesMax) return notSatisfiable;
  const ranges: ByteRange[] = [];
  for (const item of items) {
    const match = rangeForm.exec(item.trim());
    const range = match === null ? undefined : rangeOf(match[1] ?? "", match[2] ?? "", sizeBytes);
    if (range === undefined) return notSatisfiable;
    if (range.first < sizeBytes && range.first <= range.last) ranges.push(range);
  }
  if (ranges.length === 0 || overlap(ranges)) return notSatisfiable;
  return { kind: "ranges", ranges };
}

/** Undefined when it is malformed; a range that starts behind the end is left for the caller to drop. */
function rangeOf(first: string, last: string, sizeBytes: number): ByteRange | undefined {
  if (first === "" && last === "") return undefined;
  if (first === "") {
    return { first: Math.max(0, sizeBytes - Number(last)), last: sizeBytes - 1 };
  }
  if (last !== "" && Number(last) < Number(first)) return undefined;
  const end = last === "" ? sizeBytes - 1 : Math.min(Number(last), sizeBytes - 1);
  return { first: Number(first), last: end };
}

function overlap(ranges: readonly ByteRange[]): boolean {
  const sorted = ranges.toSorted((a, b) => a.first - b.first);
  return sorted.some((range, at) => at > 0 && range.first <= (sorted[at - 1]?.last ?? -1));
}
