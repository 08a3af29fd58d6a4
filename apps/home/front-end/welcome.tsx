import { Button } from "@kith/ui/button";
import { Card } from "@kith/ui/card";
import { Checkbox } from "@kith/ui/checkbox";
import { TextInput } from "@kith/ui/text-input";
import { useState } from "preact/hooks";

import { ActError } from "./act-error.tsx";
import { useAct } from "./data/hooks.ts";
import { texts } from "./texts.ts";
import { useNameStanding } from "./use-name-standing.ts";

/** The way in for somebody new: a name, and nothing else. */
export function Welcome() {
  const [name, setName] = useState("");
  const [isEverywhere, setEverywhere] = useState(true);
  const standing = useNameStanding(name);
  const act = useAct();
  const create = (event: Event): void => {
    event.preventDefault();
    if (standing === "free") void act.run((to) => to.create(name, isEverywhere));
  };
  return (
    <Card>
      <form class="grid gap-4" onSubmit={create}>
        <div>
          <h2 class="text-title font-semibold">{texts.welcome}</h2>
          <p class="text-quiet">{texts.welcomeLead}</p>
        </div>
        <TextInput
          code
          label={texts.name}
          hint={texts.nameHint}
          error={standing === undefined ? undefined : texts.nameStanding[standing]}
          value={name}
          onInput={(typed) => setName(typed.trim().toLowerCase())}
          maxLength={10}
          class="max-w-80"
        />
        <Checkbox
          label={texts.everywhere}
          hint={texts.everywhereHint}
          checked={isEverywhere}
          onChange={setEverywhere}
        />
        <div class="flex flex-wrap gap-2">
          <Button type="submit" kind="primary" busy={act.isBusy} disabled={standing !== "free"}>
            {texts.create}
          </Button>
          <Button kind="quiet" onClick={() => void act.run((to) => to.signIn())}>
            {texts.haveAccount}
          </Button>
        </div>
        <ActError act={act} />
      </form>
    </Card>
  );
}
