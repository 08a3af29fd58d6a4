import { service } from "@kith/sdk/service";

import { busiestAuthors } from "./authors.ts";
import { edited, moderated, posted, threadStarted } from "./events.ts";
import { ban, hidePost, hideThread, lock, pin, unban } from "./moderation.ts";
import { newestThreads } from "./newest-threads.ts";
import { edit, reply, startThread } from "./posting.ts";
import { answer } from "./queries.ts";
import { react, unreact } from "./reacting.ts";
import { appoint, dismiss, standing } from "./roles.ts";
import * as tables from "./tables.ts";
import { threadWithPosts } from "./thread-with-posts.ts";

export const board = service("board", {
  doc: "Threads of a community, and moderation that everybody can check.",
  tables: [
    tables.threads,
    tables.posts,
    tables.revisions,
    tables.reactions,
    tables.reactionCounts,
    tables.roles,
    tables.bans,
    tables.activity,
    tables.counters,
  ],
  actions: {
    startThread,
    reply,
    edit,
    react,
    unreact,
    lock,
    pin,
    hideThread,
    hidePost,
    ban,
    unban,
    appoint,
    dismiss,
  },
  queries: { busiestAuthors, newestThreads, threadWithPosts, standing },
  events: [threadStarted, posted, edited, moderated],
  http: answer,
});
