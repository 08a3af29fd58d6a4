import { Button } from "@kith/ui/button";
import { Card } from "@kith/ui/card";
import { addIcon } from "@kith/ui/icons";
import { TextInput } from "@kith/ui/text-input";
import { useState } from "preact/hooks";

import { ActError } from "./act-error.tsx";
import { CopyLine } from "./copy-line.tsx";
import { useAct } from "./data/hooks.ts";
import { QrLink } from "./qr-link.tsx";
import { fragmentOf } from "./route.ts";
import { texts } from "./texts.ts";

/** On a device that is in: what lets another one in. A link that led here is filled in. */
export function AddDevice() {
  const [link, setLink] = useState(() => (location.hash.startsWith("#add=") ? location.href : ""));
  const [isWrong, setWrong] = useState(false);
  const act = useAct();
  const add = async (event: Event): Promise<void> => {
    event.preventDefault();
    const fragment = fragmentOf(link);
    setWrong(fragment?.startsWith("add=") !== true);
    if (fragment?.startsWith("add=") !== true) return;
    const done = await act.run(async (to) => {
      const added = await to.addDevice(fragment);
      return added.ok ? { ok: true, value: true } : added;
    });
    if (done === true) setLink("");
  };
  return (
    <Card title={texts.addDevice}>
      <form class="grid gap-4" onSubmit={(event) => void add(event)}>
        <p>{texts.addDeviceLead}</p>
        <div class="grid gap-4 sm:grid-cols-[160px_minmax(0,1fr)]">
          <QrLink link={`${location.origin}/`} label={texts.addressOfHome} />
          <CopyLine label={texts.addressOfHome} text={`${location.origin}/`} />
        </div>
        <TextInput
          code
          label={texts.addDeviceLabel}
          value={link}
          onInput={setLink}
          error={isWrong ? texts.addDeviceWrong : undefined}
        />
        <Button
          type="submit"
          kind="primary"
          icon={addIcon}
          busy={act.isBusy}
          disabled={link.trim() === ""}
          class="justify-self-start"
        >
          {texts.add}
        </Button>
        <ActError act={act} />
      </form>
    </Card>
  );
}
