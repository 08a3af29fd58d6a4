import { historyEvent, merkleEvent } from "@kith/sdk/event";
import { account, object, option, str, u32, u64Number, variant } from "@kith/sdk/types";

export const threadStarted = historyEvent(
  "threadStarted",
  { thread: u32, author: account, title: str },
  { indexes: ["author"] },
);
export const posted = historyEvent(
  "posted",
  { thread: u32, number: u32, author: account, replyTo: option(u32) },
  { indexes: ["thread", "author"] },
);
export const edited = historyEvent(
  "edited",
  { thread: u32, number: u32, by: account },
  { indexes: ["thread"] },
);

/** What moderators and owners do. */
const measure = variant({
  locked: object({ thread: u32 }),
  unlocked: object({ thread: u32 }),
  pinned: object({ thread: u32 }),
  unpinned: object({ thread: u32 }),
  threadHidden: object({ thread: u32 }),
  threadShown: object({ thread: u32 }),
  postHidden: object({ thread: u32, number: u32 }),
  postShown: object({ thread: u32, number: u32 }),
  banned: object({ account, until: option(u64Number) }),
  unbanned: object({ account }),
  appointed: object({ account, role: str }),
  dismissed: object({ account }),
});
export const moderated = merkleEvent(
  "moderated",
  { by: account, measure, reason: str },
  { indexes: ["by"], doc: "Moderation leaves a trace that nobody can take back." },
);
