import { Avatar } from "@kith/ui/avatar";
import { Button } from "@kith/ui/button";
import { Card } from "@kith/ui/card";
import { Notice } from "@kith/ui/notice";
import { valueOf } from "@kith/ui/remote";
import { Skeleton } from "@kith/ui/skeleton";

import { ActError } from "./act-error.tsx";
import { useAct, useAnswer } from "./data/hooks.ts";
import type { InviteShown } from "./data/source.ts";
import { PageHead } from "./page-head.tsx";
import { reasonOf, texts } from "./texts.ts";

/** Where an invitation's link leads. */
export function InvitationPage({ fragment }: { readonly fragment: string }) {
  const { remote, retry } = useAnswer(({ invite }) => invite(fragment), fragment);
  const invite = valueOf(remote);
  if (remote.status === "loading") return <Skeleton label={texts.invitationLoading} />;
  if (remote.status === "error" || (remote.status === "offline" && invite === undefined)) {
    return (
      <Notice
        kind="danger"
        action={
          <Button size="small" onClick={retry}>
            {texts.retry}
          </Button>
        }
      >
        {reasonOf(remote.status === "error" ? remote.code : "unreachable")}
      </Notice>
    );
  }
  if (invite === undefined) return <Notice kind="warning">{texts.invitationUnknown}</Notice>;
  return invite.state === "open" ? (
    <Open invite={invite} fragment={fragment} />
  ) : (
    <Notice kind="warning">{texts.invitationOver[invite.state]}</Notice>
  );
}

type OpenProps = { readonly invite: InviteShown; readonly fragment: string };

function Open({ invite, fragment }: OpenProps) {
  const { inviter, app, memo } = invite;
  const act = useAct();
  const accept = async (): Promise<void> => {
    const address = await act.run((to) => to.acceptInvite(fragment));
    // The link's secret is not to stay in the history.
    if (address !== undefined) location.replace(address);
  };
  return (
    <Card class="grid gap-4">
      <div class="flex items-center gap-3">
        <Avatar name={inviter} size={48} />
        <PageHead title={texts.invited(inviter)} />
      </div>
      {memo !== "" && (
        <blockquote aria-label={texts.invitedMemo} class="border-s-2 border-line ps-4 text-large">
          {memo}
        </blockquote>
      )}
      <p class="text-quiet">{texts.invitedTo(app)}</p>
      <Button
        kind="primary"
        busy={act.isBusy}
        class="justify-self-start"
        onClick={() => void accept()}
      >
        {texts.accept}
      </Button>
      <ActError act={act} />
    </Card>
  );
}
