import { Button } from "@kith/ui/button";
import { Dialog } from "@kith/ui/dialog";
import { TextArea } from "@kith/ui/text-area";
import { TextInput } from "@kith/ui/text-input";
import { useState } from "preact/hooks";

import { useBoard } from "./data/hooks.ts";
import { texts } from "./texts.ts";

type NewThreadProps = {
  readonly open: boolean;
  readonly onClose: () => void;
  readonly onStarted: (id: number) => void;
};

/** What was typed stays until it is sent, also when the dialog is closed. */
export function NewThread({ open, onClose, onStarted }: NewThreadProps) {
  const { writes } = useBoard();
  const [title, setTitle] = useState("");
  const [text, setText] = useState("");
  const isComplete = title.trim() !== "" && text.trim() !== "";
  const start = async (): Promise<void> => {
    if (!isComplete) return;
    onClose();
    setTitle("");
    setText("");
    const sent = await writes.send({ kind: "start", title, text });
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
        onInput={setTitle}
        maxLength={titleCharsMax}
        autofocus
      />
      <TextArea
        label={texts.textLabel}
        hint={texts.firstPostHint}
        value={text}
        onInput={setText}
        onSend={() => void start()}
      />
    </Dialog>
  );
}

/** Less than the service takes in bytes, whatever the letters; it says so itself when that is too long. */
const titleCharsMax = 120;
