import { Button } from "@kith/ui/button";
import { Card } from "@kith/ui/card";
import { Notice } from "@kith/ui/notice";
import { RelativeTime } from "@kith/ui/relative-time";
import { StatusLine } from "@kith/ui/status-line";

import { ActError } from "./act-error.tsx";
import { useAct, useUnsent } from "./data/hooks.ts";
import type { UnsentWrite } from "./data/source.ts";
import { PageHead } from "./page-head.tsx";
import { reasonOf, texts } from "./texts.ts";

export function WaitingPage() {
  const unsent = useUnsent();
  return (
    <>
      <PageHead title={texts.waiting} lead={texts.waitingLead} />
      {unsent.length === 0 ? (
        <p class="text-quiet">{texts.waitingEmpty}</p>
      ) : (
        <Card>
          <ul aria-label={texts.waiting} class="divide-y divide-line">
            {unsent.map((write) => (
              <li key={write.id} class="py-3">
                <Unsent write={write} />
              </li>
            ))}
          </ul>
        </Card>
      )}
    </>
  );
}

/** Why it was not done, and what to do about it. */
function Failed({ write }: { readonly write: UnsentWrite }) {
  const act = useAct();
  const { id, app, code = "", message, canRetry } = write;
  return (
    <>
      <Notice
        kind="danger"
        action={
          <div class="flex flex-wrap gap-2">
            {canRetry && (
              <Button
                size="small"
                busy={act.isBusy}
                onClick={() => void act.run((to) => to.retryWrite(id))}
              >
                {texts.retry}
              </Button>
            )}
            <Button
              size="small"
              kind="quiet"
              onClick={() => void act.run((to) => to.dropWrite(id))}
            >
              {texts.discard}
            </Button>
          </div>
        }
      >
        {message === undefined ? reasonOf(code) : texts.notDone(app, message)}
      </Notice>
      <ActError act={act} />
    </>
  );
}

function Unsent({ write }: { readonly write: UnsentWrite }) {
  const { app, title, at, state } = write;
  return (
    <div class="grid gap-1">
      <p class="font-semibold">{title}</p>
      <p class="flex flex-wrap gap-x-2 text-small text-quiet">
        <span>{texts.inApp(app)}</span>
        <RelativeTime time={at} />
      </p>
      {state === "failed" ? (
        <Failed write={write} />
      ) : (
        <StatusLine kind="busy">{texts.states[state]}</StatusLine>
      )}
    </div>
  );
}
