import { abort, check } from "@kith/sdk/abort";
import { described } from "@kith/sdk/described";
import { answering } from "@kith/sdk/query";

import { boardQueries, type ThreadSummary } from "../interface.ts";
import { pageRowsMax } from "./limits.ts";
import type { Thread } from "./lookup.ts";
import { threads } from "./tables.ts";

export const newestThreads = described(
  "Threads, pinned ones first, then those with the newest posts; `after` is the `next` of the page before.",
  answering(boardQueries.newestThreads, (context, { limit, after }) => {
    check(limit > 0 && limit <= pageRowsMax, "limit-invalid", `1 to ${pageRowsMax}`);
    const rows = context.table(threads).range({
      index: "byActivity",
      prefix: { hidden: false },
      ...(after === undefined ? {} : { after: placeOf(after) }),
      reverse: true,
      limit,
    });
    const last = rows.length < limit ? undefined : rows.at(-1);
    const next = last === undefined ? {} : { next: cursorOf(last) };
    return { threads: rows.map(summaryOf), ...next };
  }),
);

export function summaryOf(thread: Thread): ThreadSummary {
  const { id, author, title, startedAt, lastPostAt, posts, locked, pinned } = thread;
  return { id, author, title, startedAt, lastPostAt, posts, locked, pinned };
}

/** PINNED.TIME.ID: where the next page begins, whatever happens in between. */
function cursorOf({ pinned, lastPostAt, id }: Thread): string {
  return `${pinned ? 1 : 0}.${lastPostAt}.${id}`;
}

function placeOf(cursor: string): Pick<Thread, "pinned" | "lastPostAt" | "id"> {
  const [, pinned, lastPostAt, id] = /^([01])\.(\d{1,16})\.(\d{1,10})$/.exec(cursor) ?? [];
  const place = { pinned: pinned === "1", lastPostAt: Number(lastPostAt), id: Number(id) };
  const isPlace =
    pinned !== undefined && Number.isSafeInteger(place.lastPostAt) && place.id < 2 ** 32;
  return isPlace ? place : abort("after-invalid", "no page has ended there");
}
