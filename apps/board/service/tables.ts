import { described } from "@kith/sdk/described";
import { table } from "@kith/sdk/table";
import { account, bool, option, str, u32, u64Number, u8 } from "@kith/sdk/types";

/** In the order of their numbers, which never changes. Times are microseconds since the Unix epoch. */
export const threads = table(
  "threads",
  {
    id: u32,
    author: account,
    title: str,
    startedAt: u64Number,
    lastPostAt: u64Number,
    /** With the first and with hidden ones: the number of the next post. */
    posts: u32,
    locked: bool,
    pinned: bool,
    hidden: bool,
  },
  {
    key: ["id"],
    indexes: {
      byActivity: ["hidden", "pinned", "lastPostAt", "id"],
      byAuthor: ["author", "id"],
    },
  },
);
export const posts = described(
  "Number 0 starts the thread.",
  table(
    "posts",
    {
      thread: u32,
      number: u32,
      author: account,
      text: str,
      postedAt: u64Number,
      hidden: bool,
      revisions: u8,
      replyTo: option(u32),
      editedAt: option(u64Number),
    },
    {
      key: ["thread", "number"],
      indexes: { byAuthor: ["author", "postedAt", "thread", "number"] },
    },
  ),
);
export const revisions = described(
  "Earlier texts of edited posts, the first one first.",
  table(
    "revisions",
    { thread: u32, post: u32, number: u8, text: str, until: u64Number },
    { key: ["thread", "post", "number"] },
  ),
);
export const reactions = table(
  "reactions",
  { thread: u32, post: u32, account, kind: str },
  {
    key: ["thread", "post", "account", "kind"],
    // What a reader has said to a page of posts, in one look.
    indexes: { byAccount: ["thread", "account", "post", "kind"] },
  },
);
export const reactionCounts = table(
  "reactionCounts",
  { thread: u32, post: u32, kind: str, count: u32 },
  { key: ["thread", "post", "kind"] },
);
export const roles = table("roles", { account, role: u8, since: u64Number }, { key: ["account"] });
export const bans = table(
  "bans",
  { account, by: account, reason: str, since: u64Number, until: option(u64Number) },
  { key: ["account"] },
);
export const activity = described(
  "How much an account has posted in the hour that began then.",
  table("activity", { account, since: u64Number, posts: u32 }, { key: ["account"] }),
);
export const counters = table(
  "counters",
  { id: u8, lastThread: u32, pinned: u32 },
  { key: ["id"] },
);
