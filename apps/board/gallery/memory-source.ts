import { accountNameConstant, type AccountName } from "@kith/sdk/types";
import type { Remote } from "@kith/ui/remote";

import {
  postsAtOnce,
  type BoardSource,
  type Outcome,
  type Viewer,
  type Write,
} from "../front-end/data/source.ts";
import type { PostShown, ThreadPage, ThreadShown, ThreadSummary } from "../interface.ts";
import type { Draft } from "../plugin-interface.ts";

/** How the world is: what the gallery and its tests choose. */
export type World = {
  /** "held": what is written is on its way until that is over. */
  readonly network: "fine" | "slow" | "held" | "offline" | "failing";
  /** The code with which writes fail. */
  readonly refuses?: string;
};

type Kept = {
  readonly summary: ThreadSummary;
  readonly posts: readonly PostShown[];
};

/** A board in the memory of the page, which behaves as one on a network: answers take time, and everybody hears of changes. */
export class MemorySource implements BoardSource {
  world: World;
  #viewer: Viewer = { status: "out" };
  #threads: readonly Kept[];
  readonly #drafts = new Map<number, Draft>();
  readonly #watchers = new Set<() => void>();
  readonly #now = Date.now() * 1000;

  constructor(world: World, threads: number) {
    this.world = world;
    this.#threads = Array.from({ length: threads }, (_, at) => this.#sample(at + 1));
  }

  watchViewer: BoardSource["watchViewer"] = (listener) => this.#watch(() => listener(this.#viewer));

  watchThreads: BoardSource["watchThreads"] = (limit, listener) =>
    this.#watchRemote(listener, (): ThreadPage => {
      const threads = this.#threads.toSorted(order).map(({ summary }) => summary);
      const next = threads.length > limit ? { next: "more" } : {};
      return { threads: threads.slice(0, limit), ...next };
    });

  watchThread: BoardSource["watchThread"] = ({ thread, before }, listener) =>
    this.#watchRemote(listener, (): ThreadShown | undefined => {
      const kept = this.#threads.find(({ summary }) => summary.id === thread);
      const [opening, ...others] = kept?.posts ?? [];
      if (kept === undefined || opening === undefined) return undefined;
      const wanted = others.filter(({ number }) => number < (before ?? Infinity));
      const posts = wanted.slice(-postsAtOnce);
      return { thread: kept.summary, opening, posts, earlier: posts.length < wanted.length };
    });

  signIn = (): void => {
    this.setViewer({ status: "in", account: person("alice"), role: "member" });
  };

  setViewer(viewer: Viewer): void {
    this.#viewer = viewer;
    this.#tell();
  }

  setWorld(world: World): void {
    this.world = world;
    this.#tell();
  }

  send: BoardSource["send"] = async (write, onQueued) => {
    if (this.world.network === "offline") onQueued();
    while (this.world.network === "offline" || this.world.network === "held") await pause(50);
    await pause(this.world.network === "slow" ? 2000 : 150);
    const { refuses } = this.world;
    if (refuses !== undefined) return { ok: false, code: refuses };
    if (this.#viewer.status !== "in") return { ok: false, code: "sign-in-dismissed" };
    return this.write(this.#viewer.account, write);
  };

  /** A page of the gallery is the only one of its board. */
  watchLeft: BoardSource["watchLeft"] = (listener) => {
    listener([]);
    return () => {};
  };
  retryLeft: BoardSource["retryLeft"] = async () => {};
  dropLeft: BoardSource["dropLeft"] = async () => {};

  draft: BoardSource["draft"] = async (thread) => this.#drafts.get(thread);

  keepDraft: BoardSource["keepDraft"] = (thread, draft) => {
    this.#drafts.set(thread, draft);
  };

  /** As if somebody did this anywhere. */
  write(author: AccountName, write: Write): Outcome {
    const now = Date.now() * 1000;
    if (write.kind === "start") {
      const id = this.#threads.length + 1;
      const summary = { ...this.#sample(id).summary, author, title: write.title, posts: 1 };
      const posts = [postOf(0, author, write.text, now)];
      this.#threads = [...this.#threads, { summary: { ...summary, lastPostAt: now }, posts }];
      this.#tell();
      return { ok: true, value: id };
    }
    const kept = this.#threads.find(({ summary }) => summary.id === write.thread);
    if (kept === undefined) return { ok: false, code: "thread-unknown" };
    const changed = applyWrite(kept, write, { author, now });
    this.#threads = this.#threads.map((each) => (each === kept ? changed : each));
    this.#tell();
    return { ok: true, value: write.kind === "reply" ? kept.summary.posts : undefined };
  }

  #watchRemote<Value>(listener: (state: Remote<Value>) => void, read: () => Value): () => void {
    listener({ status: "loading" });
    return this.#watch(() => listener(this.#remote(read)));
  }

  #remote<Value>(read: () => Value): Remote<Value> {
    const { network } = this.world;
    if (network === "failing") return { status: "error", code: "unreachable", value: undefined };
    if (network === "offline") return { status: "offline", value: read() };
    return { status: "ready", value: read() };
  }

  #watch(look: () => void): () => void {
    let isOver = false;
    const lookLater = (): void => {
      const delayMs = this.world.network === "slow" ? 2000 : 20;
      setTimeout(() => isOver || look(), delayMs);
    };
    lookLater();
    this.#watchers.add(lookLater);
    return () => {
      isOver = true;
      this.#watchers.delete(lookLater);
    };
  }

  #tell(): void {
    for (const look of this.#watchers) look();
  }

  #sample(id: number): Kept {
    const count = id === 1 ? 60 : 3;
    const startedAt = this.#now - id * 5_000_000_000;
    const lastPostAt = startedAt + count * 1_000_000;
    const posts = Array.from({ length: count }, (_, at) => samplePost(at, startedAt));
    const title = titles[(id - 1) % titles.length] ?? "Thread";
    const author = person(people[id % people.length] ?? "alice");
    const state = { locked: id === 3, pinned: id === 2 };
    return { summary: { id, author, title, startedAt, lastPostAt, posts: count, ...state }, posts };
  }
}

function order({ summary: a }: Kept, { summary: b }: Kept): number {
  return Number(b.pinned) - Number(a.pinned) || b.lastPostAt - a.lastPostAt;
}

const people = ["alice", "bob", "carol", "dave", "erin"];
const titles = [
  "The roof of the workshop leaks again",
  "Welcome, and how we talk here",
  "Minutes of the meeting in March",
  "Who can lend a long ladder on Saturday? It has to reach the gutter of the second floor",
  "Bread",
];

function samplePost(at: number, startedAt: number): PostShown {
  const author = person(people[(at + 1) % people.length] ?? "alice");
  const text =
    at === 0
      ? "It drips onto the lathe when the wind comes from the west.\n\nPictures: https://photos.example.org/roof."
      : `Reply ${at}. I can come with tar and a ladder after work, if somebody holds it.`;
  return {
    ...postOf(at, author, text, startedAt + at * 1_000_000),
    ...(at === 2 ? { replyTo: 1, editedAt: startedAt + 3_000_000 } : {}),
    reactions: at % 2 === 0 ? [{ kind: "👍", count: 3, own: false }] : [],
    hidden: at === 5,
  };
}

function postOf(number: number, author: AccountName, text: string, postedAt: number): PostShown {
  return { number, author, text, postedAt, hidden: false, reactions: [] };
}

export function person(name: string): AccountName {
  return accountNameConstant(name);
}

type By = { readonly author: AccountName; readonly now: number };

function applyWrite(kept: Kept, write: Exclude<Write, { kind: "start" }>, by: By): Kept {
  const { summary, posts } = kept;
  switch (write.kind) {
    case "reply": {
      const answers = write.replyTo === undefined ? {} : { replyTo: write.replyTo };
      const post = { ...postOf(summary.posts, by.author, write.text, by.now), ...answers };
      const counts = { posts: summary.posts + 1, lastPostAt: by.now };
      return { summary: { ...summary, ...counts }, posts: [...posts, post] };
    }
    case "lock":
      return { summary: { ...summary, locked: write.enabled }, posts };
    case "pin":
      return { summary: { ...summary, pinned: write.enabled }, posts };
    case "edit":
    case "react":
    case "unreact":
    case "hide-post":
      return {
        summary,
        posts: posts.map((post) =>
          post.number === write.number ? changedPost(post, write, by) : post,
        ),
      };
  }
}

type OfPost = Extract<Write, { readonly number: number }>;

function changedPost(post: PostShown, write: OfPost, { now }: By): PostShown {
  if (write.kind === "edit") return { ...post, text: write.text, editedAt: now };
  if (write.kind === "hide-post") return { ...post, hidden: write.enabled };
  const others = post.reactions.filter(({ kind }) => kind !== write.reaction);
  const count = post.reactions.find(({ kind }) => kind === write.reaction)?.count ?? 0;
  const own = write.kind === "react";
  const after = count + (own ? 1 : -1);
  const changed = after === 0 ? [] : [{ kind: write.reaction, count: after, own }];
  return { ...post, reactions: [...others, ...changed] };
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}
