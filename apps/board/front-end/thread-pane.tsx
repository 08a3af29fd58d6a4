import { Button } from "@kith/ui/button";
import { backIcon } from "@kith/ui/icons";
import { Notice } from "@kith/ui/notice";
import { valueOf } from "@kith/ui/remote";
import { Skeleton } from "@kith/ui/skeleton";
import { useEffect, useRef, useState } from "preact/hooks";

import { Composer } from "./composer.tsx";
import { useSentWrites, useThread } from "./data/hooks.ts";
import { inOrder } from "./data/seen-posts.ts";
import { shownPosts, type PostOnPage } from "./data/shown-posts.ts";
import type { Viewer } from "./data/source.ts";
import { Post } from "./post.tsx";
import { texts } from "./texts.ts";
import { ThreadMenu } from "./thread-menu.tsx";

type ThreadPaneProps = {
  readonly id: number;
  readonly viewer: Viewer;
  readonly onBack: () => void;
};

export function ThreadPane({ id, viewer, onBack }: ThreadPaneProps) {
  const { state, seen, lookBack } = useThread(id);
  const writes = useSentWrites();
  const [answered, setAnswered] = useState<PostOnPage | undefined>(undefined);
  const shown = valueOf(state);
  const account = viewer.status === "in" ? viewer.account : undefined;
  const all = shown === undefined ? [] : [shown.opening, ...inOrder(seen)];
  const onPage = shownPosts(all, id, { writes, viewer: account });
  // Without network nothing may be known of the thread, and what waits to be sent is shown all the same.
  const [opening, posts] = shown === undefined ? [undefined, onPage] : [onPage[0], onPage.slice(1)];
  const heading = useRef<HTMLHeadingElement>(null);
  const title = shown?.thread.title;
  useEffect(() => {
    if (title === undefined) return;
    document.title = title;
    heading.current?.focus({ preventScroll: true });
  }, [title]);
  useEffect(() => {
    // The browser looked for the post of the address before it was there.
    const isShown = all.length > 0;
    if (isShown) document.getElementById(location.hash.slice(1))?.scrollIntoView();
  }, [all.length > 0]);
  const authorOf = (number: number): string | undefined =>
    all.find((post) => post.number === number)?.author;
  const rows = { viewer, thread: id, authorOf, onAnswer: setAnswered };
  return (
    <section
      aria-label={title ?? texts.posts}
      class="flex min-h-[calc(100dvh-57px)] flex-col wide:min-h-0 wide:overflow-y-auto"
    >
      <div class="flex items-start gap-2 px-4 pt-3">
        <Button
          kind="quiet"
          size="small"
          icon={backIcon}
          label={texts.back}
          onClick={onBack}
          class="wide:hidden"
        />
        <h1
          ref={heading}
          tabIndex={-1}
          class="min-w-0 flex-1 text-title font-semibold wrap-anywhere outline-none"
        >
          {title}
        </h1>
        {shown !== undefined && <ThreadMenu thread={shown.thread} viewer={viewer} />}
      </div>
      <div class="grid flex-1 content-start gap-1 px-4 pb-4">
        <States status={state.status} isKnown={shown !== undefined} />
        {opening !== undefined && <Post post={opening} {...rows} />}
        {seen.before !== undefined && <Button onClick={lookBack}>{texts.earlierPosts}</Button>}
        <ol aria-label={texts.posts} class="grid gap-1">
          {posts.map((post) => (
            <li key={post.key}>
              <Post post={post} {...rows} />
            </li>
          ))}
        </ol>
      </div>
      {shown !== undefined && (
        <Composer
          thread={shown.thread}
          viewer={viewer}
          answered={answered}
          onDone={() => setAnswered(undefined)}
        />
      )}
    </section>
  );
}

type StatesProps = { readonly status: string; readonly isKnown: boolean };

/** Why there is nothing, or why it may not be all. */
function States({ status, isKnown }: StatesProps) {
  if (status === "loading") return <Skeleton label={texts.loadingPosts} />;
  if (status === "stale") return <p class="text-small text-quiet">{texts.stale}</p>;
  if (status === "offline") {
    return <Notice kind="offline">{isKnown ? texts.offline : texts.offlineEmpty}</Notice>;
  }
  if (status === "error") return <Notice kind="danger">{texts.failed}</Notice>;
  return isKnown ? null : <Notice kind="warning">{texts.noThread}</Notice>;
}
