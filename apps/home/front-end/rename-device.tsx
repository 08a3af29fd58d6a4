import { Button } from "@kith/ui/button";
import { Dialog } from "@kith/ui/dialog";
import { TextInput } from "@kith/ui/text-input";
import { useEffect, useState } from "preact/hooks";

import type { Acting } from "./data/hooks.ts";
import type { DeviceShown } from "./data/source.ts";
import { texts } from "./texts.ts";

type RenameDeviceProps = {
  /** Undefined while none is renamed. */
  readonly device: DeviceShown | undefined;
  readonly act: Acting;
  readonly onDone: () => void;
};

export function RenameDevice({ device, act, onDone }: RenameDeviceProps) {
  const [label, setLabel] = useState("");
  useEffect(() => setLabel(device?.label ?? ""), [device]);
  const save = (event: Event): void => {
    event.preventDefault();
    onDone();
    if (device !== undefined && label.trim() !== "" && label !== device.label) {
      void act.run((to) => to.renameDevice(device.id, label.trim()));
    }
  };
  return (
    <Dialog
      open={device !== undefined}
      onClose={onDone}
      title={texts.renameTitle}
      closeLabel={texts.close}
    >
      <form class="grid gap-4" onSubmit={save}>
        <TextInput autofocus label={texts.label} value={label} onInput={setLabel} maxLength={40} />
        <Button type="submit" kind="primary">
          {texts.save}
        </Button>
      </form>
    </Dialog>
  );
}
