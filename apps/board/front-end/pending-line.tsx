import { Button } from "@kith/ui/button";
import { Notice } from "@kith/ui/notice";
import { StatusLine } from "@kith/ui/status-line";

import { useBoard } from "./data/hooks.ts";
import type { SentWrite } from "./data/source.ts";
import { reasonOf, texts } from "./texts.ts";

/** How it goes with something that was written here; nothing any more once it is final. */
export function PendingLine({ sent }: { readonly sent: SentWrite }) {
  const { writes } = useBoard();
  const { id, state, code } = sent;
  if (state === "final") return null;
  if (state !== "failed") {
    return <StatusLine kind="busy">{state === "queued" ? texts.queued : texts.sending}</StatusLine>;
  }
  return (
    <Notice
      kind="danger"
      class="mt-2"
      action={
        <div class="flex flex-wrap gap-2">
          <Button size="small" onClick={() => void writes.retry(id)}>
            {texts.retry}
          </Button>
          <Button size="small" kind="quiet" onClick={() => writes.discard(id)}>
            {texts.discard}
          </Button>
        </div>
      }
    >
      {texts.notSent(reasonOf(code))}
    </Notice>
  );
}
