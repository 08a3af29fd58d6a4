import { Card } from "@kith/ui/card";
import { Notice } from "@kith/ui/notice";
import { RelativeTime } from "@kith/ui/relative-time";
import { StatusLine } from "@kith/ui/status-line";

import { useUnsent } from "./data/hooks.ts";
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

function Unsent({ write }: { readonly write: UnsentWrite }) {
  const { app, title, at, state, code } = write;
  return (
    <div class="grid gap-1">
      <p class="font-semibold">{title}</p>
      <p class="flex flex-wrap gap-x-2 text-small text-quiet">
        <span>{texts.inApp(app)}</span>
        <RelativeTime time={at} />
      </p>
      {state === "failed" ? (
        <Notice kind="danger">{reasonOf(code ?? "")}</Notice>
      ) : (
        <StatusLine kind="busy">{texts.states[state]}</StatusLine>
      )}
    </div>
  );
}
