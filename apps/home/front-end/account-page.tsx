import { Avatar } from "@kith/ui/avatar";
import { Button } from "@kith/ui/button";
import { Card } from "@kith/ui/card";
import { removeIcon, signOutIcon } from "@kith/ui/icons";
import { List } from "@kith/ui/list";
import { Menu } from "@kith/ui/menu";
import { listState } from "@kith/ui/remote";
import { Switch } from "@kith/ui/switch";
import { useState } from "preact/hooks";

import { ActError } from "./act-error.tsx";
import { useAct, useAnswer, useSession } from "./data/hooks.ts";
import type { Session } from "./data/source.ts";
import { ForUsers } from "./for-users.tsx";
import { listTexts } from "./list-texts.ts";
import { PageHead } from "./page-head.tsx";
import { reasonOf, texts } from "./texts.ts";

export function AccountPage() {
  const session = useSession();
  return (
    <>
      <PageHead title={texts.account} />
      <ForUsers>
        {session.status === "in" && <Accounts session={session} />}
        <Connected />
      </ForUsers>
    </>
  );
}

type SignedIn = Extract<Session, { readonly status: "in" }>;

function Accounts({ session }: { readonly session: SignedIn }) {
  const act = useAct();
  const { account: current, accounts, everywhere } = session;
  // As it was just set, until the session says so itself.
  const [wanted, setWanted] = useState<boolean | undefined>(undefined);
  const setEverywhere = async (isOn: boolean): Promise<void> => {
    setWanted(isOn);
    await act.run((to) => to.setEverywhere(isOn));
    setWanted(undefined);
  };
  return (
    <Card title={texts.accounts}>
      <ul class="mb-4 divide-y divide-line">
        {accounts.map((account) => (
          <li key={account} class="flex min-h-14 items-center gap-3 py-2">
            <Avatar name={account} />
            <span class="min-w-0 flex-1 truncate font-semibold">{account}</span>
            {account === current ? (
              <span class="text-small text-quiet">{texts.current}</span>
            ) : (
              <Button size="small" onClick={() => void act.run((to) => to.switchTo(account))}>
                {texts.switchTo(account)}
              </Button>
            )}
            <Menu
              label={texts.accountActions(account)}
              items={[
                {
                  label: texts.forget,
                  icon: removeIcon,
                  danger: true,
                  onSelect: () => void act.run((to) => to.forget(account)),
                },
              ]}
            />
          </li>
        ))}
      </ul>
      <div class="grid gap-4">
        <Switch
          label={texts.everywhere}
          hint={texts.everywhereHint}
          checked={wanted ?? everywhere}
          onChange={(isOn) => void setEverywhere(isOn)}
        />
        <Button class="justify-self-start" onClick={() => void act.run((to) => to.signIn())}>
          {texts.otherAccount}
        </Button>
        <ActError act={act} />
      </div>
    </Card>
  );
}

function Connected() {
  const { remote, retry } = useAnswer(({ connected }) => connected(), "connected");
  const act = useAct();
  return (
    <Card title={texts.connected}>
      <List
        state={listState(remote, (apps) => apps, reasonOf)}
        keyOf={({ app }) => app}
        texts={listTexts(texts.connected, texts.connectedLoading)}
        empty={texts.connectedEmpty}
        onRetry={retry}
      >
        {({ app, account }) => (
          <div class="flex min-h-12 items-center gap-3 py-1">
            <span class="min-w-0 flex-1">
              <span class="font-semibold">{app}</span>{" "}
              <span class="text-small text-quiet">{texts.connectedAs(account)}</span>
            </span>
            <Button
              size="small"
              icon={signOutIcon}
              onClick={() => void act.run((to) => to.disconnect(app))}
            >
              {texts.disconnect}
            </Button>
          </div>
        )}
      </List>
      <ActError act={act} />
    </Card>
  );
}
