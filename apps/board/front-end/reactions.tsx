import { classNames } from "@kith/ui/class-names";
import { reactionIcon } from "@kith/ui/icons";
import { Menu } from "@kith/ui/menu";

import { useBoard } from "./data/hooks.ts";
import type { PostOnPage } from "./data/shown-posts.ts";
import type { Viewer } from "./data/source.ts";
import { texts } from "./texts.ts";

type ReactionsProps = {
  readonly post: PostOnPage;
  readonly thread: number;
  readonly viewer: Viewer;
};

const offered = ["👍", "❤️", "🎉", "😄", "🤔", "👀"] as const;

/** Who has reacted, and a way to do the same. */
export function Reactions({ post, thread, viewer }: ReactionsProps) {
  const toggle = useToggle({ post, thread, viewer });
  const { reactions } = post;
  if (reactions.length === 0) return null;
  return (
    <div role="group" aria-label={texts.reactions} class="flex flex-wrap items-center gap-1 pt-1">
      {reactions.map(({ kind, count, own }) => (
        <button
          key={kind}
          type="button"
          disabled={toggle === undefined}
          aria-pressed={own}
          aria-label={texts.reaction(kind, count)}
          onClick={() => toggle?.(kind)}
          class={classNames(
            "inline-flex min-h-8 items-center gap-1 rounded-full border px-2.5 text-small",
            own ? "border-accent bg-accent-soft" : "border-line bg-raised enabled:hover:bg-sunken",
          )}
        >
          <span aria-hidden="true">{kind}</span>
          <span aria-hidden="true">{count}</span>
        </button>
      ))}
    </div>
  );
}

/** A choice of reactions. */
export function ReactionMenu({ post, thread, viewer }: ReactionsProps) {
  const toggle = useToggle({ post, thread, viewer });
  if (toggle === undefined) return null;
  return (
    <Menu
      label={texts.addReaction}
      icon={reactionIcon}
      items={offered.map((kind) => ({ label: kind, onSelect: () => toggle(kind) }))}
    />
  );
}

/** Undefined for who may not react. */
function useToggle({
  post: { number, reactions, hidden },
  thread,
  viewer,
}: ReactionsProps): ((reaction: string) => void) | undefined {
  const { writes } = useBoard();
  const mayReact = viewer.status === "in" && viewer.banned === undefined;
  if (!mayReact || number === undefined || hidden) return undefined;
  return (reaction) => {
    const own = reactions.some(({ kind, own: isOwn }) => kind === reaction && isOwn);
    void writes.send({ kind: own ? "unreact" : "react", thread, number, reaction });
  };
}
