import { question } from "@kith/sdk/query";
import { nothing, serviceInterface, signature } from "@kith/sdk/signature";
import {
  account,
  bool,
  list,
  object,
  option,
  str,
  u32,
  u64Number,
  type AccountName,
  type Codec,
} from "@kith/sdk/types";
import { word } from "@kith/sdk/word";

/** A thread as lists show it. Times are microseconds since the Unix epoch. */
export type ThreadSummary = {
  readonly id: number;
  readonly author: AccountName;
  readonly title: string;
  readonly startedAt: number;
  readonly lastPostAt: number;
  /** With the first and with hidden ones. */
  readonly posts: number;
  readonly locked: boolean;
  readonly pinned: boolean;
};

/** A post as a viewer sees it. */
export type PostShown = {
  /** 0 starts the thread. */
  readonly number: number;
  readonly author: AccountName;
  /** Empty when a moderator has hidden it. */
  readonly text: string;
  readonly postedAt: number;
  readonly hidden: boolean;
  readonly editedAt?: number;
  readonly replyTo?: number;
  readonly reactions: readonly ReactionShown[];
};

export type ReactionShown = {
  readonly kind: string;
  readonly count: number;
  /** The viewer is one of them. */
  readonly own: boolean;
};

export type ThreadShown = {
  readonly thread: ThreadSummary;
  readonly opening: PostShown;
  /** The last ones, in their order, without the opening. */
  readonly posts: readonly PostShown[];
  /** There are more between the opening and these. */
  readonly earlier: boolean;
};

export type ThreadPage = {
  readonly threads: readonly ThreadSummary[];
  /** What to ask for behind these. */
  readonly next?: string;
};

const summary: Codec<ThreadSummary> = object({
  id: u32,
  author: account,
  title: str,
  startedAt: u64Number,
  lastPostAt: u64Number,
  posts: u32,
  locked: bool,
  pinned: bool,
});
const post: Codec<PostShown> = object({
  number: u32,
  author: account,
  text: str,
  postedAt: u64Number,
  hidden: bool,
  editedAt: option(u64Number),
  replyTo: option(u32),
  reactions: list(object({ kind: str, count: u32, own: bool })),
});
const measure = { thread: u32, enabled: bool, reason: str };
const reaction = { thread: u32, number: u32, kind: str };

/** What can be done on the board; each action says in the service who may. */
export const boardInterface = serviceInterface("board", {
  startThread: signature({ title: str, text: str }, u32),
  reply: signature({ thread: u32, text: str, replyTo: option(u32) }, u32),
  edit: signature({ thread: u32, number: u32, text: str }, nothing),
  react: signature(reaction, nothing),
  unreact: signature(reaction, nothing),
  lock: signature(measure, nothing),
  pin: signature(measure, nothing),
  hideThread: signature(measure, nothing),
  hidePost: signature({ ...measure, number: u32 }, nothing),
  ban: signature({ account, until: option(u64Number), reason: str }, nothing),
  unban: signature({ account, reason: str }, nothing),
  appoint: signature({ account, role: str }, nothing),
  dismiss: signature({ account, reason: str }, nothing),
});

/** What pages ask, and watch. */
export const boardQueries = {
  busiestAuthors: question({ limit: u32 }, list(object({ author: account, posts: u32 }))),
  /** Pinned ones first, then those with the newest posts. */
  newestThreads: question(
    { limit: u32, after: option(str) },
    object({ threads: list(summary), next: option(str) }),
  ),
  /** The opening, and the last posts before number `before`. Nothing is shown of what is hidden or was never there. */
  threadWithPosts: question(
    { thread: u32, viewer: option(account), before: option(u32), limit: u32 },
    object({
      shown: option(object({ thread: summary, opening: post, posts: list(post), earlier: bool })),
    }),
  ),
  /** What an account may do here. */
  standing: question(
    { account },
    object({ role: word("member", "moderator", "owner"), banned: option(str) }),
  ),
};
