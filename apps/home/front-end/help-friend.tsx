import { Button } from "@kith/ui/button";
import { Card } from "@kith/ui/card";
import { TextInput } from "@kith/ui/text-input";
import { useState } from "preact/hooks";

import { ActError } from "./act-error.tsx";
import { useAct } from "./data/hooks.ts";
import { fragmentOf } from "./route.ts";
import { texts } from "./texts.ts";

/** As a friend of somebody who is locked out. A link that led here is filled in. */
export function HelpFriend() {
  const [link, setLink] = useState(() => (location.hash.startsWith("#help=") ? location.href : ""));
  const [isWrong, setWrong] = useState(false);
  const act = useAct();
  const help = (event: Event): void => {
    event.preventDefault();
    const fragment = fragmentOf(link);
    const isLink = fragment?.startsWith("help=") === true;
    setWrong(!isLink);
    if (isLink) void act.run((to) => to.helpRecover(fragment));
  };
  return (
    <Card title={texts.help}>
      <form class="grid gap-4" onSubmit={help}>
        <p>{texts.helpLead}</p>
        <TextInput
          code
          label={texts.helpLabel}
          value={link}
          onInput={setLink}
          error={isWrong ? texts.addDeviceWrong : undefined}
        />
        <Button
          type="submit"
          busy={act.isBusy}
          disabled={link.trim() === ""}
          class="justify-self-start"
        >
          {texts.help}
        </Button>
        <ActError act={act} />
      </form>
    </Card>
  );
}
