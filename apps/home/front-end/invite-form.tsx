import { managerApp } from "@kith/sdk/callers";
import { accountNameConstant } from "@kith/sdk/types";
import { Button } from "@kith/ui/button";
import { Card } from "@kith/ui/card";
import { inviteIcon } from "@kith/ui/icons";
import { valueOf } from "@kith/ui/remote";
import { Select } from "@kith/ui/select";
import { TextInput } from "@kith/ui/text-input";
import { useState } from "preact/hooks";

import { ActError } from "./act-error.tsx";
import { CopyLine } from "./copy-line.tsx";
import { useAct, useAnswer } from "./data/hooks.ts";
import { QrLink } from "./qr-link.tsx";
import { texts } from "./texts.ts";

const home = accountNameConstant(managerApp);
const peopleChoices = ["1", "5", "20", "100"] as const;
const dayChoices = ["1", "7", "30"] as const;

export function InviteForm() {
  const { remote } = useAnswer(({ apps }) => apps(), "apps");
  const apps = valueOf(remote) ?? [];
  const [app, setApp] = useState<string>(home);
  const [uses, setUses] = useState<(typeof peopleChoices)[number]>("1");
  const [days, setDays] = useState<(typeof dayChoices)[number]>("7");
  const [memo, setMemo] = useState("");
  const [link, setLink] = useState<string | undefined>(undefined);
  const act = useAct();
  const choices = [home, ...apps.map(({ account }) => account)];
  const chosen = choices.find((each) => each === app) ?? home;
  const invite = async (event: Event): Promise<void> => {
    event.preventDefault();
    const terms = { app: chosen, uses: Number(uses), days: Number(days), memo };
    const made = await act.run((to) => to.createInvite(terms));
    if (made !== undefined) setLink(new URL(made, location.href).href);
  };
  return (
    <Card>
      <form class="grid gap-4" onSubmit={(event) => void invite(event)}>
        <div class="grid gap-4 sm:grid-cols-2">
          <Select
            label={texts.inviteInto}
            value={String(chosen)}
            onSelect={setApp}
            options={choices.map((account) => ({
              value: String(account),
              label: account === home ? texts.inviteHome : account,
            }))}
          />
          <Select
            label={texts.inviteUses}
            value={uses}
            onSelect={setUses}
            options={peopleChoices.map((value) => ({ value, label: texts.people(Number(value)) }))}
          />
          <Select
            label={texts.inviteDays}
            value={days}
            onSelect={setDays}
            options={dayChoices.map((value) => ({ value, label: texts.days(Number(value)) }))}
          />
          <TextInput label={texts.inviteMemo} value={memo} onInput={setMemo} maxLength={140} />
        </div>
        <Button
          type="submit"
          kind="primary"
          icon={inviteIcon}
          busy={act.isBusy}
          class="justify-self-start"
        >
          {texts.invite}
        </Button>
        <ActError act={act} />
      </form>
      {link !== undefined && (
        <div class="mt-4 grid gap-4 border-t border-line pt-4 sm:grid-cols-[160px_minmax(0,1fr)]">
          <QrLink key={link} link={link} label={texts.inviteQr} />
          <div role="status" class="grid grid-cols-1 content-start gap-2">
            <p>{texts.inviteMade}</p>
            <CopyLine label={texts.inviteLink} text={link} />
          </div>
        </div>
      )}
    </Card>
  );
}
