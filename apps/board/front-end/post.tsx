import { Avatar } from "@kith/ui/avatar";
import { Button } from "@kith/ui/button";
import { copyIcon, editIcon, hiddenIcon, replyIcon } from "@kith/ui/icons";
import { Menu, type MenuItem } from "@kith/ui/menu";
import { RelativeTime } from "@kith/ui/relative-time";
import { TextArea } from "@kith/ui/text-area";
import { useState } from "preact/hooks";

import { useBoard } from "./data/hooks.ts";
import type { PostOnPage } from "./data/shown-posts.ts";
import type { Viewer } from "./data/source.ts";
import { PendingLine } from "./pending-line.tsx";
import { PostText } from "./post-text.tsx";
import { ReactionMenu, Reactions } from "./reactions.tsx";
import { pathOf } from "./route.ts";
import { texts } from "./texts.ts";

type PostProps = {
  readonly post: PostOnPage;
  readonly thread: number;
  readonly viewer: Viewer;
  readonly authorOf: (number: number) => string | undefined;
  readonly onAnswer: (post: PostOnPage) => void;
};

export function Post({ post, thread, viewer, authorOf, onAnswer }: PostProps) {
  const [isEditing, setEditing] = useState(false);
  const { number, author, postedAt, editedAt, replyTo, hidden, pending } = post;
  const answered = replyTo === undefined ? undefined : authorOf(replyTo);
  const items = useItems({ post, thread, viewer, onAnswer, onEdit: () => setEditing(true) });
  return (
    <article id={number === undefined ? undefined : `post-${number}`} class="flex gap-3 py-3">
      <Avatar name={author} />
      <div class="min-w-0 flex-1">
        <div class="flex items-start justify-between gap-2">
          <p class="flex min-w-0 flex-wrap items-baseline gap-x-2">
            <span class="font-semibold">{author}</span>
            <RelativeTime time={postedAt / 1000} class="text-small text-quiet" />
            {editedAt !== undefined && <span class="text-small text-quiet">{texts.edited}</span>}
            {answered !== undefined && (
              <a href={`#post-${replyTo}`} class="text-small text-quiet underline">
                {texts.answers(answered)}
              </a>
            )}
          </p>
          <div class="flex shrink-0">
            <ReactionMenu {...{ post, thread, viewer }} />
            {items.length > 0 && <Menu label={texts.postActions(author)} items={items} />}
          </div>
        </div>
        {isEditing ? (
          <Editor {...{ post, thread }} onDone={() => setEditing(false)} />
        ) : (
          <PostText text={hidden ? undefined : post.text} />
        )}
        {pending !== undefined && <PendingLine sent={pending} />}
        {!hidden && <Reactions {...{ post, thread, viewer }} />}
      </div>
    </article>
  );
}

type ItemsOf = Omit<PostProps, "authorOf"> & { readonly onEdit: () => void };

/** What the reader may do with it. */
function useItems({ post, thread, viewer, onAnswer, onEdit }: ItemsOf): readonly MenuItem[] {
  const { writes } = useBoard();
  const { number, author, hidden } = post;
  if (number === undefined) return [];
  const link = `${location.origin}${pathOf({ page: "thread", id: thread })}#post-${number}`;
  const copy = { label: texts.copyLink, icon: copyIcon };
  const items: MenuItem[] = [
    { ...copy, onSelect: () => void navigator.clipboard.writeText(link).catch(() => undefined) },
  ];
  if (viewer.status !== "in") return items;
  if (!hidden)
    items.unshift({ label: texts.answer, icon: replyIcon, onSelect: () => onAnswer(post) });
  if (author === viewer.account && !hidden) {
    items.push({ label: texts.edit, icon: editIcon, onSelect: onEdit });
  }
  if (viewer.role !== "member") {
    const write = { kind: "hide-post", thread, number, enabled: !hidden } as const;
    const label = hidden ? texts.show : texts.hide;
    items.push({ label, icon: hiddenIcon, onSelect: () => void writes.send(write) });
  }
  return items;
}

type EditorProps = Pick<PostProps, "post" | "thread"> & { readonly onDone: () => void };

function Editor({ post, thread, onDone }: EditorProps) {
  const { writes } = useBoard();
  const [text, setText] = useState(post.text);
  const save = (): void => {
    onDone();
    if (post.number === undefined || text.trim() === "" || text === post.text) return;
    void writes.send({ kind: "edit", thread, number: post.number, text });
  };
  return (
    <div class="grid gap-2 pt-1">
      <TextArea
        label={texts.textLabel}
        labelHidden
        value={text}
        onInput={setText}
        onSend={save}
        autofocus
      />
      <div class="flex gap-2">
        <Button size="small" kind="primary" onClick={save}>
          {texts.save}
        </Button>
        <Button size="small" kind="quiet" onClick={onDone}>
          {texts.cancel}
        </Button>
      </div>
    </div>
  );
}
