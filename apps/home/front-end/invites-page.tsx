import { Button } from "@kith/ui/button";
import { Card } from "@kith/ui/card";
import { List } from "@kith/ui/list";
import { listState } from "@kith/ui/remote";

import { ActError } from "./act-error.tsx";
import { CopyLine } from "./copy-line.tsx";
import { useAct, useAnswer } from "./data/hooks.ts";
import type { InviteShown } from "./data/source.ts";
import { ForUsers } from "./for-users.tsx";
import { InviteForm } from "./invite-form.tsx";
import { dayOf, listTexts } from "./list-texts.ts";
import { PageHead } from "./page-head.tsx";
import { reasonOf, texts } from "./texts.ts";

export function InvitesPage() {
  return (
    <>
      <PageHead title={texts.invites} lead={texts.invitesLead} />
      <ForUsers>
        <InviteForm />
        <Invites />
      </ForUsers>
    </>
  );
}

function Invites() {
  const { remote, retry } = useAnswer(({ invites }) => invites(), "invites");
  const act = useAct();
  return (
    <Card>
      <List
        state={listState(remote, (invites) => invites, reasonOf)}
        keyOf={({ key }) => key}
        texts={listTexts(texts.invites, texts.invitesLoading)}
        empty={texts.invitesEmpty}
        onRetry={retry}
        class="[&_ul]:divide-y [&_ul]:divide-line"
      >
        {(invite) => (
          <Invite
            invite={invite}
            onRevoke={() => void act.run((to) => to.revokeInvite(invite.key))}
          />
        )}
      </List>
      <ActError act={act} />
    </Card>
  );
}

type InviteProps = { readonly invite: InviteShown; readonly onRevoke: () => void };

function Invite({ invite, onRevoke }: InviteProps) {
  const { app, memo, state, uses, usesMax, expiresAt, link } = invite;
  return (
    <div class="grid grid-cols-1 gap-2 py-3">
      <div class="flex flex-wrap items-start justify-between gap-2">
        <div class="min-w-0">
          <p class="font-semibold">{memo === "" ? app : memo}</p>
          <p class="flex flex-wrap gap-x-2 text-small text-quiet">
            <span>{texts.inviteStates[state]}</span>
            <span>{texts.inviteUsed(uses, usesMax)}</span>
            <span>{texts.inviteUntil(dayOf(expiresAt))}</span>
          </p>
        </div>
        {state === "open" && (
          <Button size="small" onClick={onRevoke}>
            {texts.revoke}
          </Button>
        )}
      </div>
      {state === "open" && link !== undefined && <CopyLine text={link} />}
    </div>
  );
}
