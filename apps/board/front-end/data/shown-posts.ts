import type { AccountName } from "@kith/sdk/types";

import type { PostShown, ReactionShown } from "../../interface.ts";
import type { SentWrite, Write } from "./source.ts";

/** A post as the page shows it: the network's, or one's own that the network may not have yet. */
export type PostOnPage = Omit<PostShown, "number"> & {
  /** The same from the moment of writing to the end, so that nothing on the page is replaced. */
  readonly key: string;
  /** Undefined until the network has given it one. */
  readonly number: number | undefined;
  /** The write that this post, or its text, still waits for. */
  readonly pending?: SentWrite;
};

/**
 * The posts of a thread with what its reader has just done to them: shown at once, and marked until it is final. What the
 * network says counts from the moment on at which it says it.
 */
export function shownPosts(
  posts: readonly PostShown[],
  thread: number,
  {
    writes,
    viewer,
  }: { readonly writes: readonly SentWrite[]; readonly viewer: AccountName | undefined },
): readonly PostOnPage[] {
  const own = writes.filter(({ write }) => write.kind !== "start" && write.thread === thread);
  const replies = own.filter(({ write }) => write.kind === "reply");
  const last = posts.at(-1)?.number ?? -1;
  const there = posts.map((post): PostOnPage => {
    const reply = replies.find(({ result }) => result === post.number);
    const key = reply?.id ?? `post-${post.number}`;
    return withOwnChanges({ ...post, key }, own);
  });
  const waiting = replies
    .filter(({ result }) => result === undefined || result > last)
    .flatMap((sent) => (viewer === undefined ? [] : [replyOnPage(sent, viewer)]));
  return [...there, ...waiting];
}

function replyOnPage(sent: SentWrite, author: AccountName): PostOnPage {
  const { write, id, at, result } = sent;
  return {
    key: id,
    number: result,
    author,
    text: write.kind === "reply" ? write.text : "",
    postedAt: at * 1000,
    hidden: false,
    reactions: [],
    ...(write.kind === "reply" && write.replyTo !== undefined ? { replyTo: write.replyTo } : {}),
    ...(sent.state === "final" ? {} : { pending: sent }),
  };
}

function withOwnChanges(post: PostOnPage, own: readonly SentWrite[]): PostOnPage {
  let changed = post;
  for (const sent of own) {
    const { write, state } = sent;
    if (!("number" in write) || write.number !== post.number) continue;
    if (write.kind === "edit") changed = withEdit(changed, sent, write);
    // What failed is not shown: the reaction is back as it was.
    if ((write.kind === "react" || write.kind === "unreact") && state !== "failed") {
      const reactions = withReaction(changed.reactions, write.reaction, write.kind === "react");
      changed = { ...changed, reactions };
    }
  }
  return changed;
}

type Edit = Extract<Write, { readonly kind: "edit" }>;

function withEdit(post: PostOnPage, sent: SentWrite, { text }: Edit): PostOnPage {
  const { state } = sent;
  return state === "final" ? { ...post, text } : { ...post, text, pending: sent };
}

/** Nothing changes where the network says so already. */
function withReaction(
  reactions: readonly ReactionShown[],
  kind: string,
  wanted: boolean,
): readonly ReactionShown[] {
  const found = reactions.find((reaction) => reaction.kind === kind);
  if ((found?.own ?? false) === wanted) return reactions;
  if (found === undefined) return [...reactions, { kind, count: 1, own: true }];
  const count = found.count + (wanted ? 1 : -1);
  return reactions.flatMap((reaction) => {
    if (reaction.kind !== kind) return [reaction];
    return count === 0 ? [] : [{ kind, count, own: wanted }];
  });
}
