import { lockIcon, pinIcon } from "@kith/ui/icons";
import { Menu } from "@kith/ui/menu";

import type { ThreadSummary } from "../interface.ts";
import { useBoard } from "./data/hooks.ts";
import type { Viewer } from "./data/source.ts";
import { texts } from "./texts.ts";

type ThreadMenuProps = { readonly thread: ThreadSummary; readonly viewer: Viewer };

/** For moderators. */
export function ThreadMenu({ thread, viewer }: ThreadMenuProps) {
  const { writes } = useBoard();
  if (viewer.status !== "in" || viewer.role === "member") return null;
  const { id, pinned, locked } = thread;
  const set = (kind: "pin" | "lock", enabled: boolean) => () =>
    void writes.send({ kind, thread: id, enabled });
  return (
    <Menu
      label={texts.threadActions}
      items={[
        { label: pinned ? texts.unpin : texts.pin, icon: pinIcon, onSelect: set("pin", !pinned) },
        {
          label: locked ? texts.unlock : texts.lock,
          icon: lockIcon,
          onSelect: set("lock", !locked),
        },
      ]}
    />
  );
}
