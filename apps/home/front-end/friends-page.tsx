import { Button } from "@kith/ui/button";
import { Card } from "@kith/ui/card";
import { Notice } from "@kith/ui/notice";
import { valueOf } from "@kith/ui/remote";
import { Skeleton } from "@kith/ui/skeleton";
import { useState } from "preact/hooks";

import { ActError } from "./act-error.tsx";
import { useAct, useAnswer } from "./data/hooks.ts";
import type { RecoveryShown } from "./data/source.ts";
import { ForUsers } from "./for-users.tsx";
import { FriendsForm } from "./friends-form.tsx";
import { HelpFriend } from "./help-friend.tsx";
import { dayOf } from "./list-texts.ts";
import { PageHead } from "./page-head.tsx";
import { reasonOf, texts } from "./texts.ts";

export function FriendsPage() {
  return (
    <>
      <PageHead title={texts.friends} lead={texts.friendsLead} />
      <ForUsers>
        <Friends />
      </ForUsers>
    </>
  );
}

function Friends() {
  const { remote } = useAnswer(({ friends }) => friends(), "friends");
  const [isSaved, setSaved] = useState(false);
  const known = valueOf(remote);
  if (remote.status === "loading") return <Skeleton label={texts.friendsLoading} />;
  return (
    <>
      {remote.status === "offline" && <Notice kind="offline">{texts.offline}</Notice>}
      {remote.status === "error" && <Notice kind="danger">{reasonOf(remote.code)}</Notice>}
      {known?.recovery !== undefined && <OwnRecovery recovery={known.recovery} />}
      {known !== undefined && (
        <FriendsForm
          key={known.friends.join()}
          known={known}
          isSaved={isSaved}
          onSaved={setSaved}
        />
      )}
      {known !== undefined && known.asked.length > 0 && <Asked asked={known.asked} />}
      <HelpFriend />
    </>
  );
}

/** Somebody says to be the user: who is here can say that it is not so. */
function OwnRecovery({ recovery }: { readonly recovery: RecoveryShown }) {
  const act = useAct();
  const { startedBy, supporters, threshold, readyAt } = recovery;
  return (
    <Notice
      kind="danger"
      action={
        <Button
          kind="danger"
          size="small"
          busy={act.isBusy}
          onClick={() => void act.run((to) => to.vetoRecovery())}
        >
          {texts.veto}
        </Button>
      }
    >
      <p class="font-semibold">{texts.recoveryTitle(startedBy)}</p>
      <p>{texts.recoveryCount(supporters.length, threshold)}</p>
      {readyAt !== undefined && <p>{texts.recoveryReady(dayOf(readyAt))}</p>}
      <ActError act={act} />
    </Notice>
  );
}

function Asked({ asked }: { readonly asked: readonly RecoveryShown[] }) {
  const act = useAct();
  return (
    <Card title={texts.asked}>
      <ul class="divide-y divide-line">
        {asked.map(({ account, device, supporters, threshold, readyAt }) => (
          <li key={account} class="grid gap-2 py-3">
            <p class="font-semibold">{texts.askedTitle(account, device)}</p>
            <p class="text-small text-quiet">{texts.recoveryCount(supporters.length, threshold)}</p>
            <div class="flex flex-wrap gap-2">
              {readyAt !== undefined && readyAt <= Date.now() && (
                <Button
                  size="small"
                  kind="primary"
                  onClick={() => void act.run((to) => to.finishRecovery(account))}
                >
                  {texts.finish}
                </Button>
              )}
              <Button
                size="small"
                onClick={() => void act.run((to) => to.withdrawSupport(account))}
              >
                {texts.withdraw}
              </Button>
            </div>
          </li>
        ))}
      </ul>
      <ActError act={act} />
    </Card>
  );
}
