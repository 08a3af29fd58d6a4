import { abort, check } from "@kith/sdk/abort";
import type { ActionContext } from "@kith/sdk/context";
import { described } from "@kith/sdk/described";
import { implement } from "@kith/sdk/service";
import type { AccountName } from "@kith/sdk/types";

import { boardInterface } from "../interface.ts";
import { moderated } from "./events.ts";
import { pinnedMax } from "./limits.ts";
import { postOf, threadOf } from "./lookup.ts";
import { checkRole, roleNumbers, roleOf } from "./roles.ts";
import { bans, counters, posts, threads } from "./tables.ts";
import { checkReason } from "./texts.ts";

/** What moderators do. All of it is an event that can be proved. */

export const lock = described(
  "By moderators: members cannot write in a locked thread.",
  implement(boardInterface.actions.lock, (context, { thread: id, enabled, reason }) => {
    checkMeasure(context, reason);
    const thread = threadOf(context, id);
    checkChange(thread.locked, enabled);
    context.table(threads).put({ ...thread, locked: enabled });
    const about = { thread: id };
    const measure = enabled ? { locked: about } : { unlocked: about };
    context.emit(moderated, { by: context.sender, measure, reason });
  }),
);

export const pin = described(
  "By moderators: pinned threads come first.",
  implement(boardInterface.actions.pin, (context, { thread: id, enabled, reason }) => {
    checkMeasure(context, reason);
    const thread = threadOf(context, id);
    checkChange(thread.pinned, enabled);
    countPinned(context, enabled ? 1 : -1);
    context.table(threads).put({ ...thread, pinned: enabled });
    const about = { thread: id };
    const measure = enabled ? { pinned: about } : { unpinned: about };
    context.emit(moderated, { by: context.sender, measure, reason });
  }),
);

export const hideThread = described(
  "By moderators: a hidden thread is left out of lists and answers.",
  implement(boardInterface.actions.hideThread, (context, { thread: id, enabled, reason }) => {
    checkMeasure(context, reason);
    const thread = threadOf(context, id);
    checkChange(thread.hidden, enabled);
    context.table(threads).put({ ...thread, hidden: enabled });
    const about = { thread: id };
    const measure = enabled ? { threadHidden: about } : { threadShown: about };
    context.emit(moderated, { by: context.sender, measure, reason });
  }),
);

export const hidePost = described(
  "By moderators: the text of a hidden post is left out of answers.",
  implement(boardInterface.actions.hidePost, (context, args) => {
    const { thread, number, enabled, reason } = args;
    checkMeasure(context, reason);
    const post = postOf(context, thread, number);
    checkChange(post.hidden, enabled);
    context.table(posts).put({ ...post, hidden: enabled });
    const about = { thread, number };
    const measure = enabled ? { postHidden: about } : { postShown: about };
    context.emit(moderated, { by: context.sender, measure, reason });
  }),
);

export const ban = described(
  "By moderators: a member cannot write until that time, in microseconds since 1970, or for good.",
  implement(boardInterface.actions.ban, (context, args) => {
    const { account: name, until, reason } = args;
    checkMeasure(context, reason);
    checkBelow(context, name);
    const since = context.blockTime;
    if (until !== undefined) check(until > since, "ban-over", "the ban would be over already");
    const end = until === undefined ? {} : { until };
    context.table(bans).put({ account: name, by: context.sender, reason, since, ...end });
    const measure = { banned: { account: name, ...end } };
    context.emit(moderated, { by: context.sender, measure, reason });
  }),
);

export const unban = described(
  "By moderators: lifts a ban.",
  implement(boardInterface.actions.unban, (context, { account: name, reason }) => {
    checkMeasure(context, reason);
    check(context.table(bans).remove({ account: name }), "ban-unknown", `${name} is not banned`);
    const measure = { unbanned: { account: name } };
    context.emit(moderated, { by: context.sender, measure, reason });
  }),
);

function checkMeasure(context: ActionContext, reason: string): void {
  checkRole(context, "moderator");
  checkReason(reason);
}

function checkChange(was: boolean, wanted: boolean): void {
  check(was !== wanted, "nothing-changes", "it is so already");
}

/** Nobody silences his equals; owners dismiss moderators first. */
function checkBelow(context: ActionContext, name: AccountName): void {
  const isMember = roleOf(context, name) === roleNumbers.member;
  check(isMember, "ban-of-moderator", `${name} is not an ordinary member`);
}

function countPinned(context: ActionContext, change: 1 | -1): void {
  const before = context.table(counters).get({ id: 0 });
  if (before === undefined) abort("thread-unknown", "there are no threads");
  const pinned = before.pinned + change;
  check(pinned <= pinnedMax, "too-many-pinned", `at most ${pinnedMax} threads are pinned`);
  context.table(counters).put({ ...before, pinned });
}
