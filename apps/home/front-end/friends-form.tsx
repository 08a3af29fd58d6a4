import { Button } from "@kith/ui/button";
import { Card } from "@kith/ui/card";
import { Notice } from "@kith/ui/notice";
import { Select } from "@kith/ui/select";
import { TextInput } from "@kith/ui/text-input";
import { useState } from "preact/hooks";

import { ActError } from "./act-error.tsx";
import { useAct } from "./data/hooks.ts";
import type { FriendsShown } from "./data/source.ts";
import { parseNames } from "./parse-names.ts";
import { texts } from "./texts.ts";

const delays = ["1", "3", "7", "14", "30"] as const;

type FriendsFormProps = {
  readonly known: FriendsShown;
  readonly isSaved: boolean;
  readonly onSaved: (isSaved: boolean) => void;
};

/**
 * Whom the user trusts, how many of them it takes, and how long there is to object. The form begins anew with what the network
 * knows, so that it was saved is remembered by the page.
 */
export function FriendsForm({ known, isSaved, onSaved }: FriendsFormProps) {
  const [names, setNames] = useState(known.friends.join(" "));
  const [needed, setNeeded] = useState(String(Math.max(1, known.threshold)));
  const [delay, setDelay] = useState(nearestDelay(known.delayDays));
  const act = useAct();
  const parsed = parseNames(names);
  const count = parsed.ok ? parsed.value.length : 1;
  const choices = Array.from({ length: Math.max(1, count) }, (_, at) => String(at + 1));
  const chosen = choices.includes(needed) ? needed : (choices.at(-1) ?? "1");
  const save = async (event: Event): Promise<void> => {
    event.preventDefault();
    if (!parsed.ok || parsed.value.length === 0) return;
    const { value: friends } = parsed;
    const saved = await act.run(async (to) => {
      const set = await to.setFriends(friends, Number(chosen), Number(delay));
      return set.ok ? { ok: true, value: true } : set;
    });
    onSaved(saved === true);
  };
  return (
    <Card>
      <form class="grid gap-4" onSubmit={(event) => void save(event)}>
        <TextInput
          code
          label={texts.friendsNames}
          hint={texts.friendsNamesHint}
          error={parsed.ok ? undefined : texts.friendsWrong(parsed.name)}
          value={names}
          onInput={setNames}
        />
        <div class="grid gap-4 sm:grid-cols-2">
          <Select
            label={texts.threshold}
            value={chosen}
            onSelect={setNeeded}
            options={choices.map((value) => ({ value, label: texts.thresholdOf(Number(value)) }))}
          />
          <Select
            label={texts.delay}
            value={delay}
            onSelect={setDelay}
            options={delays.map((value) => ({ value, label: texts.days(Number(value)) }))}
          />
        </div>
        <div class="flex flex-wrap gap-2">
          <Button
            type="submit"
            kind="primary"
            busy={act.isBusy}
            disabled={!parsed.ok || parsed.value.length === 0}
          >
            {texts.saveFriends}
          </Button>
          {known.friends.length > 0 && (
            <Button kind="quiet" onClick={() => void act.run((to) => to.clearFriends())}>
              {texts.clearFriends}
            </Button>
          )}
        </div>
        {isSaved && <Notice kind="done">{texts.friendsSaved}</Notice>}
        <ActError act={act} />
      </form>
    </Card>
  );
}

function nearestDelay(days: number): (typeof delays)[number] {
  return delays.find((each) => Number(each) >= days) ?? "30";
}
