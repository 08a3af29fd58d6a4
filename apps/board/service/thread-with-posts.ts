import { check } from "@kith/sdk/abort";
import type { QueryContext } from "@kith/sdk/context";
import { described } from "@kith/sdk/described";
import { answering } from "@kith/sdk/query";
import type { AccountName } from "@kith/sdk/types";

import { boardQueries, type PostShown, type ReactionShown } from "../interface.ts";
import { reactionKindsMax, reactionsByAccountMax, shownPostsMax } from "./limits.ts";
import type { Post } from "./lookup.ts";
import { summaryOf } from "./newest-threads.ts";
import { posts, reactionCounts, reactions, threads } from "./tables.ts";

/**
 * Few looks at the tables, each at neighbouring rows: the node knows by them which changes touch the answer, and tells those who
 * watch it only then.
 */
export const threadWithPosts = described(
  "A thread with its opening and its last posts before number `before`, reactions with those of `viewer` marked.",
  answering(boardQueries.threadWithPosts, (context, { thread: id, viewer, before, limit }) => {
    check(limit > 0 && limit <= shownPostsMax, "limit-invalid", `1 to ${shownPostsMax}`);
    const thread = context.table(threads).get({ id });
    const opening = context.table(posts).get({ thread: id, number: 0 });
    if (thread === undefined || thread.hidden || opening === undefined) return {};
    const rows = context.table(posts).range({
      prefix: { thread: id },
      from: { number: 1 },
      ...(before === undefined ? {} : { to: { number: Math.max(1, before) } }),
      reverse: true,
      limit,
    });
    const shown = [opening, ...rows.toReversed()];
    const said = reactionsTo(context, shown, viewer);
    const [first, ...others] = shown.map((post) => postOf(post, said.get(post.number) ?? []));
    if (first === undefined) return {};
    const earlier = (rows.at(-1)?.number ?? 1) > 1;
    return { shown: { thread: summaryOf(thread), opening: first, posts: others, earlier } };
  }),
);

function postOf(post: Post, shown: readonly ReactionShown[]): PostShown {
  const { number, author, postedAt, hidden, editedAt, replyTo } = post;
  return {
    number,
    author,
    text: hidden ? "" : post.text,
    postedAt,
    hidden,
    ...(editedAt === undefined ? {} : { editedAt }),
    ...(replyTo === undefined ? {} : { replyTo }),
    reactions: shown,
  };
}

/** By the post's number. */
function reactionsTo(
  context: QueryContext,
  [opening, ...others]: readonly Post[],
  viewer: AccountName | undefined,
): ReadonlyMap<number, readonly ReactionShown[]> {
  const spans = [[opening], others].flatMap((span) => {
    const [first, last] = [span[0], span.at(-1)];
    return first === undefined || last === undefined ? [] : [{ first, last, posts: span.length }];
  });
  const found = new Map<number, ReactionShown[]>();
  for (const { first, last, posts: count } of spans) {
    const { thread } = first;
    const from = { post: first.number };
    const to = { post: last.number + 1 };
    const own = new Set<string>();
    if (viewer !== undefined) {
      const rows = context.table(reactions).range({
        index: "byAccount",
        prefix: { thread, account: viewer },
        from,
        to,
        limit: count * reactionsByAccountMax,
      });
      for (const row of rows) own.add(`${row.post} ${row.kind}`);
    }
    const prefix = { thread };
    const limit = count * reactionKindsMax;
    for (const row of context.table(reactionCounts).range({ prefix, from, to, limit })) {
      const shown = found.get(row.post) ?? [];
      shown.push({ kind: row.kind, count: row.count, own: own.has(`${row.post} ${row.kind}`) });
      found.set(row.post, shown);
    }
  }
  return found;
}
