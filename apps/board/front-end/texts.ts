/** Everything that the pages say, in whole sentences: another language is another file like this. */

function counted(count: number, one: string, other: string): string {
  const shown = count < 1000 ? String(count) : count.toLocaleString("en");
  return (count === 1 ? one : other).replace("#", shown);
}

export const texts = {
  title: "Board",
  lead: "What this community talks about",
  threads: "Threads",
  newThread: "New thread",
  titleLabel: "Title",
  textLabel: "Text",
  firstPostHint: "The first post of the thread",
  start: "Start",
  cancel: "Cancel",
  close: "Close",
  back: "All threads",
  noThreads: "Nobody has started a thread yet.",
  chooseThread: "Choose a thread to read it here.",
  noThread: "There is no such thread. A moderator may have hidden it.",
  loadingThreads: "Loading threads",
  loadingPosts: "Loading posts",
  moreThreads: "More threads",
  earlierPosts: "Earlier posts",
  posts: "Posts",
  stale: "Catching up with the network",
  offline: "You are offline. This is what was known; what you write is sent later.",
  offlineEmpty: "You are offline, and this was never opened on this device.",
  failed: "The network does not answer. Nothing is lost; this page tries again by itself.",
  retry: "Try again",
  discard: "Discard",
  pinned: "Pinned",
  locked: "Locked",
  lockedNotice: "A moderator has locked this thread. It can be read.",
  bannedNotice: (reason: string) => `You cannot write here at the moment. Reason: ${reason}`,
  hiddenPost: "A moderator has hidden this post.",
  edited: "edited",
  sending: "Sending",
  queued: "Waiting for the network",
  notSent: (reason: string) => `This was not sent: ${reason}`,
  replyLabel: "Your reply",
  replyHint: "Control and Enter sends it",
  replyingTo: (author: string) => `Answer to ${author}`,
  noAnswer: "Not an answer",
  send: "Send",
  signIn: "Sign in",
  signInToWrite: "Sign in to write.",
  answer: "Answer",
  edit: "Edit",
  save: "Save",
  copyLink: "Copy link",
  hide: "Hide",
  show: "Show",
  pin: "Pin",
  unpin: "Unpin",
  lock: "Lock",
  unlock: "Unlock",
  postActions: (author: string) => `Actions for the post by ${author}`,
  threadActions: "Actions for this thread",
  addReaction: "Add a reaction",
  reactions: "Reactions",
  // With the number that is seen, for those who speak to their device.
  reaction: (kind: string, count: number) =>
    counted(count, `${kind}, # person`, `${kind}, # people`),
  postCount: (count: number) => counted(count, "# post", "# posts"),
  answers: (author: string) => `in answer to ${author}`,
  broken: "This part of the page failed. The rest still works.",
  account: (name: string) => `Signed in as ${name}`,
} as const;

/** Why something was not done, by the code that the service gave. */
const reasons: Readonly<Record<string, string>> = {
  "title-empty": "a thread needs a title.",
  "title-too-long": "the title is too long.",
  "title-malformed": "a title is one line.",
  "post-empty": "there is no text.",
  "post-too-long": "the text is too long.",
  "posting-too-often": "that was a lot in one hour. Try again later.",
  "thread-locked": "the thread is locked.",
  "thread-full": "the thread is full. Start a new one.",
  "too-many-edits": "it has been edited too often.",
  "too-many-reactions": "these are enough reactions to one post.",
  "too-many-kinds": "there are too many different reactions.",
  "role-insufficient": "only moderators do this.",
  banned: "you cannot write here at the moment.",
  "sign-in-dismissed": "nobody is signed in.",
  "prompt-dismissed": "it was not confirmed.",
};

export function reasonOf(code: string | undefined): string {
  return reasons[code ?? ""] ?? "the network did not take it. Try again.";
}
