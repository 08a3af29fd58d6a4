import { Button } from "@kith/ui/button";
import { Skeleton } from "@kith/ui/skeleton";
import type { ComponentChildren } from "preact";

import { ActError } from "./act-error.tsx";
import { useAct, useSession } from "./data/hooks.ts";
import { texts } from "./texts.ts";

/** What only somebody sees who is signed in. */
export function ForUsers({ children }: { readonly children: ComponentChildren }) {
  const session = useSession();
  const act = useAct();
  if (session.status === "in") return children;
  if (session.status === "unknown") return <Skeleton label={texts.network.looking} />;
  return (
    <div class="grid justify-items-start gap-3">
      <p class="text-quiet">{texts.signedOut}</p>
      <Button kind="primary" busy={act.isBusy} onClick={() => void act.run((to) => to.signIn())}>
        {texts.signIn}
      </Button>
      <ActError act={act} />
    </div>
  );
}
