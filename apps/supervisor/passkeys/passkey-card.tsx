import { Button } from "@kith/ui/button";
import { Notice } from "@kith/ui/notice";
import { StatusLine } from "@kith/ui/status-line";
import { useEffect, useState } from "preact/hooks";

import { Failure } from "../core/failure.ts";
import { Card } from "../prompt/card.tsx";
import { commonTexts, windowTexts as texts } from "../prompt/texts.ts";
import { runCeremony } from "./ceremonies.ts";
import type { PasskeyTask } from "./passkey-task.ts";

type PasskeyCardProps = {
  readonly task: PasskeyTask;
  /** Gets what came of it, or a promise that is rejected. */
  readonly onEnd: (outcome: unknown) => void;
};

/** Begins by itself; what was turned away, or has to come from a click in this browser, is tried again. */
export function PasskeyCard({ task, onEnd }: PasskeyCardProps) {
  const [hasFailed, setFailed] = useState(false);
  const run = async (): Promise<void> => {
    setFailed(false);
    try {
      onEnd(await runCeremony(task));
    } catch (thrown) {
      const isDismissed = thrown instanceof Failure && thrown.code === "passkey-dismissed";
      if (isDismissed) setFailed(true);
      else onEnd(Promise.reject(thrown));
    }
  };
  useEffect(() => void run(), []);
  return (
    <Card
      asked={location.host}
      title={texts[task.kind === "create" ? "create-passkey" : "use-passkey"]}
      dismissLabel={texts.close}
      actions={
        hasFailed && (
          <Button kind="primary" onClick={() => void run()}>
            {texts.again}
          </Button>
        )
      }
    >
      {hasFailed ? (
        <Notice kind="warning">{texts.failed}</Notice>
      ) : (
        <StatusLine kind="busy">{commonTexts.moment}</StatusLine>
      )}
    </Card>
  );
}
