import { Avatar } from "@kith/ui/avatar";
import { Button } from "@kith/ui/button";
import { classNames } from "@kith/ui/class-names";
import { Icon } from "@kith/ui/icon";
import { addIcon, lockIcon, pinIcon } from "@kith/ui/icons";
import { List } from "@kith/ui/list";
import { RelativeTime } from "@kith/ui/relative-time";
import { listState, valueOf } from "@kith/ui/remote";
import { useState } from "preact/hooks";

import type { ThreadSummary } from "../interface.ts";
import { useSentWrites, useThreads } from "./data/hooks.ts";
import { threadsAtOnce, type SentWrite, type Viewer } from "./data/source.ts";
import { listTexts } from "./list-texts.ts";
import { PendingLine } from "./pending-line.tsx";
import { isPlainClick, pathOf } from "./route.ts";
import { texts } from "./texts.ts";

type ThreadListProps = {
  readonly opened: number | undefined;
  readonly viewer: Viewer;
  readonly onOpen: (id: number) => void;
  readonly onStart: () => void;
};

export function ThreadList({ opened, viewer, onOpen, onStart }: ThreadListProps) {
  const [limit, setLimit] = useState(threadsAtOnce);
  const remote = useThreads(limit);
  const known = valueOf(remote);
  const state = listState(
    remote,
    ({ threads }) => threads,
    () => texts.failed,
  );
  return (
    <>
      <div class="flex items-center justify-between gap-4 py-4">
        <h1 class="text-title font-semibold">{texts.threads}</h1>
        {viewer.status === "in" && (
          <Button kind="primary" icon={addIcon} onClick={onStart}>
            {texts.newThread}
          </Button>
        )}
      </div>
      <StartedThreads known={known?.threads ?? []} />
      <List
        state={state}
        keyOf={({ id }) => id}
        texts={listTexts(texts.threads, texts.loadingThreads)}
        empty={texts.noThreads}
        onRetry={() => location.reload()}
      >
        {(thread) => <ThreadRow {...{ thread, onOpen }} isOpen={thread.id === opened} />}
      </List>
      {known?.next !== undefined && (
        <Button class="mt-4 w-full" onClick={() => setLimit(limit + threadsAtOnce)}>
          {texts.moreThreads}
        </Button>
      )}
    </>
  );
}

type ThreadRowProps = {
  readonly thread: ThreadSummary;
  readonly isOpen: boolean;
  readonly onOpen: (id: number) => void;
};

function ThreadRow({ thread, isOpen, onOpen }: ThreadRowProps) {
  const { id, title, author, posts, lastPostAt, pinned, locked } = thread;
  const open = (event: MouseEvent): void => {
    if (!isPlainClick(event)) return;
    event.preventDefault();
    onOpen(id);
  };
  return (
    <a
      href={pathOf({ page: "thread", id })}
      aria-current={isOpen ? "page" : undefined}
      onClick={open}
      class={classNames(
        "flex gap-3 rounded-card border border-transparent px-3 py-3 hover:bg-sunken",
        isOpen && "bg-accent-soft hover:bg-accent-soft",
      )}
    >
      <Avatar name={author} />
      <span class="grid min-w-0 flex-1 grid-cols-1">
        <span class="flex items-center gap-1.5">
          <span class="min-w-0 truncate font-semibold">{title}</span>
          {pinned && <Badge node={pinIcon} label={texts.pinned} />}
          {locked && <Badge node={lockIcon} label={texts.locked} />}
        </span>
        <span class="flex flex-wrap gap-x-2 text-small text-quiet">
          <span>{author}</span>
          <span>{texts.postCount(posts)}</span>
          <RelativeTime time={lastPostAt / 1000} />
        </span>
      </span>
    </a>
  );
}

function Badge({ node, label }: { readonly node: typeof pinIcon; readonly label: string }) {
  return (
    <span title={label} class="shrink-0 text-quiet">
      <Icon node={node} size={14} />
      <span class="sr-only">{label}</span>
    </span>
  );
}

/** Threads that were started here, until the list has them. */
function StartedThreads({ known }: { readonly known: readonly ThreadSummary[] }) {
  const isListed = ({ result }: SentWrite): boolean => known.some(({ id }) => id === result);
  const started = useSentWrites().filter((sent) => sent.write.kind === "start" && !isListed(sent));
  return started.map((sent) => (
    <div key={sent.id} class="px-3 py-3">
      <p class="truncate font-semibold">{sent.write.kind === "start" ? sent.write.title : ""}</p>
      <PendingLine sent={sent} />
    </div>
  ));
}
