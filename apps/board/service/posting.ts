import { abort, check } from "@kith/sdk/abort";
import type { ActionContext } from "@kith/sdk/context";
import { described } from "@kith/sdk/described";
import { implement } from "@kith/sdk/service";

import { boardInterface } from "../interface.ts";
import { edited, posted, threadStarted } from "./events.ts";
import { postsPerHourMax, revisionsMax, threadPostsMax } from "./limits.ts";
import { postOf, threadOf } from "./lookup.ts";
import { checkRole, roleNumbers, roleOf } from "./roles.ts";
import { activity, bans, counters, posts, revisions, threads } from "./tables.ts";
import { checkPost, checkTitle } from "./texts.ts";

/** What members write. */

export const startThread = described(
  "Starts a thread with its first post; gives its number.",
  implement(boardInterface.actions.startThread, (context, { title, text }) => {
    checkTitle(title);
    checkPost(text);
    checkMayPost(context);
    const id = nextThread(context);
    const { sender: author, blockTime: now } = context;
    const state = { locked: false, pinned: false, hidden: false };
    const times = { startedAt: now, lastPostAt: now };
    context.table(threads).put({ id, author, title, posts: 1, ...times, ...state });
    addPost(context, { thread: id, number: 0, text, replyTo: undefined });
    context.emit(threadStarted, { thread: id, author, title });
    return id;
  }),
);

export const reply = described(
  "Adds a post to a thread, maybe in answer to one of its posts; gives its number.",
  implement(boardInterface.actions.reply, (context, args) => {
    const { thread: id, text, replyTo } = args;
    checkPost(text);
    checkMayPost(context);
    const thread = threadOf(context, id);
    if (thread.hidden) checkRole(context, "moderator");
    checkOpen(context, thread.locked);
    if (replyTo !== undefined) postOf(context, id, replyTo);
    const number = thread.posts;
    check(number < threadPostsMax, "thread-full", `at most ${threadPostsMax} posts a thread`);
    const lastPostAt = context.blockTime;
    context.table(threads).put({ ...thread, posts: number + 1, lastPostAt });
    addPost(context, { thread: id, number, text, replyTo });
    return number;
  }),
);

export const edit = described(
  "By the author: gives a post another text. The earlier ones stay readable.",
  implement(boardInterface.actions.edit, (context, args) => {
    const { thread, number, text } = args;
    checkPost(text);
    checkNotBanned(context);
    const post = postOf(context, thread, number);
    check(post.author === context.sender, "not-the-author", `${post.author} wrote this`);
    check(!post.hidden, "post-hidden", "a moderator has hidden this post");
    checkOpen(context, threadOf(context, thread).locked);
    check(text !== post.text, "post-unchanged", "it says this already");
    check(post.revisions < revisionsMax, "too-many-edits", `at most ${revisionsMax} edits a post`);
    const now = context.blockTime;
    const earlier = { number: post.revisions, text: post.text, until: now };
    context.table(revisions).put({ thread, post: number, ...earlier });
    const next = { text, revisions: post.revisions + 1, editedAt: now };
    context.table(posts).put({ ...post, ...next });
    context.emit(edited, { thread, number, by: context.sender });
  }),
);

/** Bans end by themselves; the row stays until somebody lifts it or bans again. */
export function checkNotBanned(context: ActionContext): void {
  const ban = context.table(bans).get({ account: context.sender });
  if (ban === undefined) return;
  if (ban.until !== undefined && ban.until <= context.blockTime) return;
  abort("banned", `${context.sender} is banned from this board: ${ban.reason}`);
}

type NewPost = {
  readonly thread: number;
  readonly number: number;
  readonly text: string;
  readonly replyTo: number | undefined;
};

function addPost(context: ActionContext, { thread, number, text, replyTo }: NewPost): void {
  const author = context.sender;
  const answers = replyTo === undefined ? {} : { replyTo };
  const made = { author, text, postedAt: context.blockTime, hidden: false, revisions: 0 };
  context.table(posts).put({ thread, number, ...made, ...answers });
  context.emit(posted, { thread, number, author, ...answers });
}

const hourMicros = 3_600_000_000;

/** Moderators are not counted. */
function checkMayPost(context: ActionContext): void {
  checkNotBanned(context);
  const account = context.sender;
  if (roleOf(context, account) > roleNumbers.member) return;
  const now = context.blockTime;
  const before = context.table(activity).get({ account });
  const fresh = before === undefined || now - before.since >= hourMicros;
  const hour = fresh ? { account, since: now, posts: 0 } : before;
  check(
    hour.posts < postsPerHourMax,
    "posting-too-often",
    `at most ${postsPerHourMax} posts an hour`,
  );
  context.table(activity).put({ ...hour, posts: hour.posts + 1 });
}

function checkOpen(context: ActionContext, locked: boolean): void {
  if (!locked || roleOf(context, context.sender) > roleNumbers.member) return;
  abort("thread-locked", "a moderator has locked this thread");
}

function nextThread(context: ActionContext): number {
  const before = context.table(counters).get({ id: 0 }) ?? { id: 0, lastThread: 0, pinned: 0 };
  const lastThread = before.lastThread + 1;
  context.table(counters).put({ ...before, lastThread });
  return lastThread;
}
