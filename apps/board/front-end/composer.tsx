import { Button } from "@kith/ui/button";
import { closeIcon, sendIcon } from "@kith/ui/icons";
import { Notice } from "@kith/ui/notice";
import { TextArea } from "@kith/ui/text-area";
import { useEffect, useRef } from "preact/hooks";

import type { ThreadSummary } from "../interface.ts";
import { useBoard, useDraft } from "./data/hooks.ts";
import type { PostOnPage } from "./data/shown-posts.ts";
import type { Viewer } from "./data/source.ts";
import { texts } from "./texts.ts";

type ComposerProps = {
  readonly thread: ThreadSummary;
  readonly viewer: Viewer;
  /** The post that is answered. */
  readonly answered: PostOnPage | undefined;
  readonly onDone: () => void;
};

/** Stands at the lower edge, in reach of the thumb, as long as there is something to be written. */
export function Composer({ thread, viewer, answered, onDone }: ComposerProps) {
  const { source } = useBoard();
  if (viewer.status === "unknown") return null;
  const isOnlyRead = thread.locked && (viewer.status === "out" || viewer.role === "member");
  return (
    <div class="sticky bottom-0 grid gap-2 border-t border-line bg-paper p-4">
      {isOnlyRead ? (
        <Notice kind="warning">{texts.lockedNotice}</Notice>
      ) : viewer.status === "out" ? (
        <div class="flex items-center justify-between gap-4">
          <p>{texts.signInToWrite}</p>
          <Button kind="primary" onClick={source.signIn}>
            {texts.signIn}
          </Button>
        </div>
      ) : viewer.banned === undefined ? (
        <ReplyForm
          account={viewer.account}
          thread={thread.id}
          answered={answered}
          onDone={onDone}
        />
      ) : (
        <Notice kind="warning">{texts.bannedNotice(viewer.banned)}</Notice>
      )}
    </div>
  );
}

type ReplyFormProps = Pick<ComposerProps, "answered" | "onDone"> & {
  readonly account: string;
  readonly thread: number;
};

function ReplyForm({ account, thread, answered, onDone }: ReplyFormProps) {
  const { writes } = useBoard();
  const [{ text }, setDraft, clearDraft] = useDraft({ account, thread });
  const setText = (typed: string): void => setDraft({ text: typed });
  const input = useRef<HTMLTextAreaElement>(null);
  useEffect(() => {
    if (answered !== undefined) input.current?.focus();
  }, [answered]);
  const send = (): void => {
    if (text.trim() === "") return;
    const replyTo = answered?.number === undefined ? {} : { replyTo: answered.number };
    void writes.send({ kind: "reply", thread, text, ...replyTo }, clearDraft());
    onDone();
    input.current?.focus();
    requestAnimationFrame(() => input.current?.scrollIntoView({ block: "end" }));
  };
  return (
    <>
      {answered !== undefined && (
        <p class="flex items-center justify-between gap-2 text-small text-quiet">
          {texts.replyingTo(answered.author)}
          <Button
            kind="quiet"
            size="small"
            icon={closeIcon}
            label={texts.noAnswer}
            onClick={onDone}
          />
        </p>
      )}
      <div class="flex items-end gap-2">
        <TextArea
          class="flex-1"
          label={texts.replyLabel}
          labelHidden
          placeholder={texts.replyLabel}
          title={texts.replyHint}
          rows={2}
          value={text}
          onInput={setText}
          onSend={send}
          inputRef={input}
        />
        <Button kind="primary" icon={sendIcon} disabled={text.trim() === ""} onClick={send}>
          {texts.send}
        </Button>
      </div>
    </>
  );
}
