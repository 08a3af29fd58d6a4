import { check } from "@kith/sdk/abort";
import { described } from "@kith/sdk/described";
import { answering } from "@kith/sdk/query";
import { parseAccountName } from "@kith/sdk/types";

import { boardQueries } from "../interface.ts";
import { pageRowsMax } from "./limits.ts";

const statement = `
  SELECT posts.author AS author, count(*) AS posts FROM posts
  JOIN threads ON threads.id = posts.thread
  WHERE NOT posts.hidden AND NOT threads.hidden
  GROUP BY posts.author ORDER BY posts DESC, author LIMIT ?`;

/** Nobody keeps a count for this: it is what SQL is for. */
export const busiestAuthors = described(
  "Who has written the most posts that everybody can see, the most first.",
  answering(boardQueries.busiestAuthors, (context, { limit }) => {
    check(limit > 0 && limit <= pageRowsMax, "limit-invalid", `1 to ${pageRowsMax}`);
    return context.sql(statement, [limit]).flatMap((row) => {
      const author = parseAccountName(String(row["author"]));
      return author.ok ? [{ author: author.value, posts: Number(row["posts"]) }] : [];
    });
  }),
);
