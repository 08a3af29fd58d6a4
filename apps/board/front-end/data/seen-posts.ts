import type { PostShown, ThreadShown } from "../../interface.ts";

/** What a page has seen of a thread, in several looks. */
export type SeenPosts = {
  /** By number, without the opening. */
  readonly posts: ReadonlyMap<number, PostShown>;
  /** The number before which there may be more. Undefined when there are none. */
  readonly before: number | undefined;
};

export const nothingSeen: SeenPosts = { posts: new Map(), before: undefined };

/**
 * New posts push others out of the look at the last ones; they stay on the page, as they were. What is on the page is of one
 * piece: where a look leaves a gap because the page was away for long, it begins again with the newer part.
 */
export function withLook(seen: SeenPosts, { posts, earlier }: ThreadShown): SeenPosts {
  const [first, last] = [posts[0]?.number, posts.at(-1)?.number];
  if (first === undefined || last === undefined) return seen;
  const numbers = [...seen.posts.keys()];
  const isFirst = numbers.length === 0;
  const [from, to] = [Math.min(...numbers), Math.max(...numbers)];
  if (!isFirst && last < from - 1) return seen;
  const before = earlier ? first : undefined;
  if (isFirst || first > to + 1) return { posts: byNumber(posts), before };
  const merged = new Map([...seen.posts, ...byNumber(posts)]);
  return { posts: merged, before: first <= from ? before : seen.before };
}

function byNumber(posts: readonly PostShown[]): ReadonlyMap<number, PostShown> {
  return new Map(posts.map((post) => [post.number, post]));
}

export function inOrder({ posts }: SeenPosts): readonly PostShown[] {
  return [...posts.values()].toSorted((a, b) => a.number - b.number);
}
