import { check } from "@kith/sdk/abort";
import { described } from "@kith/sdk/described";
import { implement } from "@kith/sdk/service";

import { boardInterface } from "../interface.ts";
import { reactionKindsMax, reactionsByAccountMax } from "./limits.ts";
import { postOf } from "./lookup.ts";
import { checkNotBanned } from "./posting.ts";
import { reactionCounts, reactions } from "./tables.ts";
import { checkReaction } from "./texts.ts";

export const react = described(
  "Adds a reaction, such as an emoji, to a post.",
  implement(boardInterface.actions.react, (context, { thread, number, kind }) => {
    checkReaction(kind);
    checkNotBanned(context);
    check(!postOf(context, thread, number).hidden, "post-hidden", "this post is hidden");
    const prefix = { thread, post: number, account: context.sender };
    const own = context.table(reactions).range({ prefix, limit: reactionsByAccountMax });
    check(!own.some((row) => row.kind === kind), "reaction-exists", "reacted like this already");
    check(
      own.length < reactionsByAccountMax,
      "too-many-reactions",
      `at most ${reactionsByAccountMax} reactions of one account to one post`,
    );
    const key = { thread, post: number, kind };
    const count = context.table(reactionCounts).get(key)?.count;
    if (count === undefined) {
      const ofPost = { prefix: { thread, post: number }, limit: reactionKindsMax };
      const kinds = context.table(reactionCounts).range(ofPost).length;
      check(kinds < reactionKindsMax, "too-many-kinds", `at most ${reactionKindsMax} kinds a post`);
    }
    context.table(reactions).put({ ...prefix, kind });
    context.table(reactionCounts).put({ ...key, count: (count ?? 0) + 1 });
  }),
);

export const unreact = described(
  "Takes a reaction back.",
  implement(boardInterface.actions.unreact, (context, { thread, number, kind }) => {
    const own = { thread, post: number, account: context.sender, kind };
    check(context.table(reactions).remove(own), "reaction-unknown", "there is no such reaction");
    const key = { thread, post: number, kind };
    const count = (context.table(reactionCounts).get(key)?.count ?? 1) - 1;
    if (count === 0) context.table(reactionCounts).remove(key);
    else context.table(reactionCounts).put({ ...key, count });
  }),
);
