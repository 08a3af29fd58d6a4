import { err, ok, type Result } from "@kith/protocol/result";

/**
 * How far a listener is: it has everything of the blocks up to `num`, and whatever concerns it of the first `events`
 * events of block `num + 1`. As a text (an id of a server-sent event) `12`, or `12-3` inside of a block.
 */
export type Position = { readonly num: number; readonly events: number };

export function positionText({ num, events }: Position): string {
  return events === 0 ? String(num) : `${num}-${events}`;
}

export function parsePosition(
  text: string,
): Result<Position, { readonly code: "position-malformed" }> {
  const match = /^(0|[1-9][0-9]{0,9})(?:-([1-9][0-9]{0,9}))?$/.exec(text);
  if (match === null) return err({ code: "position-malformed" });
  return ok({ num: Number(match[1]), events: Number(match[2] ?? 0) });
}
