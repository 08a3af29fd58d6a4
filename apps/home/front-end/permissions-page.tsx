import { Button } from "@kith/ui/button";
import { Card } from "@kith/ui/card";
import { List } from "@kith/ui/list";
import { RelativeTime } from "@kith/ui/relative-time";
import { listState } from "@kith/ui/remote";

import { ActError } from "./act-error.tsx";
import { useAct, useAnswer } from "./data/hooks.ts";
import { ForUsers } from "./for-users.tsx";
import { listTexts } from "./list-texts.ts";
import { PageHead } from "./page-head.tsx";
import { PluginsCard } from "./plugins-card.tsx";
import { reasonOf, texts } from "./texts.ts";

export function PermissionsPage() {
  return (
    <>
      <PageHead title={texts.permissions} lead={texts.permissionsLead} />
      <ForUsers>
        <Grants />
      </ForUsers>
      <PluginsCard />
    </>
  );
}

function Grants() {
  const { remote, retry } = useAnswer(({ grants }) => grants(), "grants");
  const act = useAct();
  return (
    <Card>
      <List
        state={listState(remote, (grants) => grants, reasonOf)}
        keyOf={({ caller, callee }) => `${caller} ${callee}`}
        texts={listTexts(texts.permissions, texts.permissionsLoading)}
        empty={texts.permissionsEmpty}
        onRetry={retry}
        class="[&_ul]:divide-y [&_ul]:divide-line"
      >
        {({ caller, callee, level, answer, since }) => (
          <div class="flex flex-wrap items-center justify-between gap-2 py-3">
            <div>
              <p class="font-semibold">{texts.grant(caller, callee)}</p>
              <p class="flex flex-wrap gap-x-2 text-small text-quiet">
                <span>{texts.answers[answer]}</span>
                <span>{texts.levels[level]}</span>
                <RelativeTime time={since} />
              </p>
            </div>
            <Button
              size="small"
              onClick={() => void act.run((to) => to.revokeGrant(caller, callee))}
            >
              {texts.revokeGrant}
            </Button>
          </div>
        )}
      </List>
      <ActError act={act} />
    </Card>
  );
}
