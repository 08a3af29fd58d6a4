import { Button } from "@kith/ui/button";
import { Dialog } from "@kith/ui/dialog";
import { TextArea } from "@kith/ui/text-area";
import { TextInput } from "@kith/ui/text-input";

import { useBoard, useDraft } from "./data/hooks.ts";
import { texts } from "./texts.ts";

type NewThreadProps = {
  /** Who writes, if that is known yet. */
  readonly account: string | undefined;
  readonly open: boolean;
  readonly onClose: () => void;
  readonly onStarted: (id: number) => void;
};

/** What was typed stays until it is sent, also when the dialog is closed. */
export function NewThread({ account, open, onClose, onStarted }: NewThreadProps) {
  const { writes } = useBoard();
  const [{ title = "", text }, setDraft, clearDraft] = useDraft({ account, thread: 0 });
  const isComplete = title.trim() !== "" && text.trim() !== "";
  const start = async (): Promise<void> => {
    if (!isComplete) return;
    onClose();
    const sent = await writes.send({ kind: "start", title, text }, clearDraft());
    if (sent.state === "final" && sent.result !== undefined) onStarted(sent.result);
  };
  return (
    <Dialog
      open={open}
      onClose={onClose}
      title={texts.newThread}
      closeLabel={texts.close}
      actions={
        <>
          <Button onClick={onClose}>{texts.cancel}</Button>
          <Button kind="primary" disabled={!isComplete} onClick={() => void start()}>
            {texts.start}
          </Button>
        </>
      }
    >
      <TextInput
        label={texts.titleLabel}
        value={title}
        onInput={(typed) => setDraft({ title: typed, text })}
        maxLength={titleCharsMax}
        autofocus
      />
      <TextArea
        label={texts.textLabel}
        hint={texts.firstPostHint}
        value={text}
        onInput={(typed) => setDraft({ title, text: typed })}
        onSend={() => void start()}
      />
    </Dialog>
  );
}

/** Less than the service takes in bytes, whatever the letters; it says so itself when that is too long. */
const titleCharsMax = 120;
