/**
 * What a listener is told, as a server-sent event. `data` is JSON.
 *
 * - `ready`: `{ block }`. Everything behind this block will be told; what was before is to be read by other means.
 * - `rows`: `{ block, rows: [{ of, key, row }] }`. The rows that changed since the last message, as they are after `block`:
 *   `row` is null when there is none, and `tooLarge` is there instead of it when it has to be read by other means.
 *   With `where`, also rows that no longer have these values are told, as they are now.
 * - `event`: `{ of, block, position, data }`.
 * - `answer`: `{ of, block, status, contentType, body }` or `{ of, block, failed: code }`: the newest answer of a live query.
 * - `reset`: `{ block, reason }`. Something was missed: read everything anew; it is as if `ready` came now.
 *
 * `of` is the place among what the listener named.
 */
export type ChangeMessage = {
  readonly name: "ready" | "rows" | "event" | "answer" | "reset" | "heartbeat";
  /** The position that the listener has reached with this message. */
  readonly id?: string;
  /** JSON; absent in a heartbeat. */
  readonly data?: string;
};

/** `behind`: the log no longer has what the listener lacks. `too-much`: more rows changed than are worth telling. */
export type ResetReason = "behind" | "too-much";
