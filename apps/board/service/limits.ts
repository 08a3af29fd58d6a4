/** Texts, as UTF-8. */
export const titleBytesMax = 200;
export const postBytesMax: number = 16 * 1024;
export const reasonBytesMax = 500;
export const reactionBytesMax = 32;
/** Posts of one thread, with the first. */
export const threadPostsMax = 10_000;
/** Earlier texts that a post keeps; then it cannot be edited any more. */
export const revisionsMax = 20;
/** Different reactions of one account to one post, and of all accounts. */
export const reactionsByAccountMax = 5;
export const reactionKindsMax = 40;
/** How often one account may post. */
export const postsPerHourMax = 60;
/** Threads that are pinned at the same time. */
export const pinnedMax = 10;
/** Rows of one answer. */
export const pageRowsMax = 100;
export const pageRowsDefault = 25;
/** Posts of one answer with all reactions to them: a look at a table gives a thousand rows. */
export const shownPostsMax: number = 1000 / reactionKindsMax;
