import type { QueryContext } from "@kith/sdk/context";
import { queryParameters } from "@kith/sdk/query-parameters";
import { errorReply, jsonReply, type HttpReply, type HttpRequest } from "@kith/sdk/reply";
import { parseAccountName } from "@kith/sdk/types";

import { pageRowsDefault, pageRowsMax, reactionKindsMax, revisionsMax } from "./limits.ts";
import type { Post, Thread } from "./lookup.ts";
import { posts, reactionCounts, revisions, roles, threads } from "./tables.ts";

type Page = { readonly limit: number; readonly after: readonly number[] };

/** JSON: `{ rows, next }`, `next` as the `after` of the next page. Other paths are the site's. */
export function answer(context: QueryContext, request: HttpRequest): HttpReply | undefined {
  const route = routeOf(request.path);
  if (route === undefined) return undefined;
  if (request.method !== "GET") return errorReply(405, "method-not-allowed", "only GET");
  const page = pageOf(request.query);
  if (page === undefined) return errorReply(400, "page-invalid", "limit or after is none");
  return route(context, page);
}

type Route = (context: QueryContext, page: Page) => HttpReply;

function routeOf(path: string): Route | undefined {
  const parts = path.split("/").slice(1);
  const [kind, name = "", part, number = "", last] = parts;
  if (parts.length === 1 && kind === "threads") return listThreads;
  if (parts.length === 1 && kind === "moderators") return listModerators;
  if (parts.length === 3 && kind === "authors" && part === "posts") {
    return (context, page) => listByAuthor(context, name, page);
  }
  if (kind !== "threads") return undefined;
  const id = numberOf(name);
  if (parts.length === 2) return (context) => oneThread(context, id);
  if (part !== "posts") return undefined;
  if (parts.length === 3) return (context, page) => listPosts(context, id, page);
  if (parts.length !== 5 || last !== "revisions") return undefined;
  return (context) => listRevisions(context, id, numberOf(number));
}

/** Pinned ones first, then by their last post; `after` is PINNED.TIME.ID. */
function listThreads(context: QueryContext, { limit, after }: Page): HttpReply {
  const [pinned, lastPostAt, id] = after;
  const behind =
    pinned === undefined || lastPostAt === undefined || id === undefined
      ? {}
      : { after: { pinned: pinned === 1, lastPostAt, id } };
  const rows = context.table(threads).range({
    index: "byActivity",
    prefix: { hidden: false },
    ...behind,
    reverse: true,
    limit,
  });
  const last = rows.length < limit ? undefined : rows.at(-1);
  const next = last && `${last.pinned ? 1 : 0}.${last.lastPostAt}.${last.id}`;
  return pageReply(rows.map(threadJson), next);
}

function oneThread(context: QueryContext, id: number | undefined): HttpReply {
  const thread = shownThread(context, id);
  return thread === undefined ? noThread() : jsonReply(threadJson(thread));
}

/** In their order, with the reactions to each. */
function listPosts(context: QueryContext, id: number | undefined, page: Page): HttpReply {
  const thread = shownThread(context, id);
  if (thread === undefined) return noThread();
  const [number] = page.after;
  const rows = context.table(posts).range({
    prefix: { thread: thread.id },
    ...(number === undefined ? {} : { after: { number } }),
    limit: page.limit,
  });
  const last = rows.length < page.limit ? undefined : rows.at(-1);
  const shown = rows.map((post) => ({ ...postJson(post), reactions: reactionsTo(context, post) }));
  return pageReply(shown, last && String(last.number));
}

function listRevisions(
  context: QueryContext,
  id: number | undefined,
  number: number | undefined,
): HttpReply {
  const thread = shownThread(context, id);
  if (thread === undefined) return noThread();
  const post =
    number === undefined ? undefined : context.table(posts).get({ thread: thread.id, number });
  if (post === undefined || post.hidden) {
    return errorReply(404, "post-unknown", "there is no such post");
  }
  const prefix = { thread: thread.id, post: post.number };
  const rows = context.table(revisions).range({ prefix, limit: revisionsMax });
  return pageReply(
    rows.map((row) => ({ ...row, until: String(row.until) })),
    undefined,
  );
}

/** The last ones first; `after` is TIME.THREAD.NUMBER. */
function listByAuthor(context: QueryContext, name: string, { limit, after }: Page): HttpReply {
  const author = parseAccountName(name);
  if (!author.ok) return errorReply(400, "account-invalid", "no account is called so");
  const [postedAt, thread, number] = after;
  const behind =
    postedAt === undefined || thread === undefined || number === undefined
      ? {}
      : { after: { postedAt, thread, number } };
  const rows = context.table(posts).range({
    index: "byAuthor",
    prefix: { author: author.value },
    ...behind,
    reverse: true,
    limit,
  });
  const last = rows.length < limit ? undefined : rows.at(-1);
  const isShown = (post: Post): boolean =>
    context.table(threads).get({ id: post.thread })?.hidden === false;
  return pageReply(
    rows.filter(isShown).map(postJson),
    last && `${last.postedAt}.${last.thread}.${last.number}`,
  );
}

function listModerators(context: QueryContext): HttpReply {
  const rows = context.table(roles).range({ limit: pageRowsMax });
  return pageReply(
    rows.map((row) => ({ ...row, since: String(row.since) })),
    undefined,
  );
}

function shownThread(context: QueryContext, id: number | undefined): Thread | undefined {
  const thread = id === undefined ? undefined : context.table(threads).get({ id });
  return thread?.hidden === false ? thread : undefined;
}

function reactionsTo(context: QueryContext, post: Post): Readonly<Record<string, number>> {
  const prefix = { thread: post.thread, post: post.number };
  const rows = context.table(reactionCounts).range({ prefix, limit: reactionKindsMax });
  return Object.fromEntries(rows.map(({ kind, count }) => [kind, count]));
}

/** 64-bit numbers are texts in JSON. */
function threadJson(thread: Thread): object {
  const { startedAt, lastPostAt } = thread;
  return { ...thread, startedAt: String(startedAt), lastPostAt: String(lastPostAt) };
}

function postJson(post: Post): object {
  const { postedAt, editedAt, replyTo, hidden } = post;
  return {
    ...post,
    text: hidden ? "" : post.text,
    postedAt: String(postedAt),
    replyTo: replyTo ?? null,
    editedAt: editedAt === undefined ? null : String(editedAt),
  };
}

function pageReply(rows: readonly object[], next: string | undefined): HttpReply {
  return jsonReply(next === undefined ? { rows } : { rows, next });
}

function pageOf(query: string): Page | undefined {
  const parameters = queryParameters(query);
  const limit = numberOf(parameters.get("limit") ?? String(pageRowsDefault));
  if (limit === undefined || limit < 1 || limit > pageRowsMax) return undefined;
  const after: number[] = [];
  const text = parameters.get("after");
  for (const part of text === undefined ? [] : text.split(".")) {
    const number = numberOf(part);
    if (number === undefined) return undefined;
    after.push(number);
  }
  return { limit, after };
}

function numberOf(text: string): number | undefined {
  const isNumber = /^[0-9]{1,16}$/.test(text) && Number(text) <= Number.MAX_SAFE_INTEGER;
  return isNumber ? Number(text) : undefined;
}

function noThread(): HttpReply {
  return errorReply(404, "thread-unknown", "there is no such thread");
}
