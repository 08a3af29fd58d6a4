import { abort } from "@kith/sdk/abort";
import type { QueryContext } from "@kith/sdk/context";

import { posts, threads } from "./tables.ts";

export function threadOf(context: QueryContext, id: number) {
  const thread = context.table(threads).get({ id });
  if (thread === undefined) abort("thread-unknown", `there is no thread ${id}`);
  return thread;
}

export function postOf(context: QueryContext, thread: number, number: number) {
  const post = context.table(posts).get({ thread, number });
  if (post === undefined) abort("post-unknown", `thread ${thread} has no post ${number}`);
  return post;
}

export type Thread = ReturnType<typeof threadOf>;
export type Post = ReturnType<typeof postOf>;
