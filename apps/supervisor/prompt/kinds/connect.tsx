import { Button } from "@kith/ui/button";
import { Checkbox } from "@kith/ui/checkbox";
import { useState } from "preact/hooks";

import { AccountButtons } from "../account-buttons.tsx";
import { Card } from "../card.tsx";
import { useScene } from "../context.ts";
import { connectTexts as texts, signInTexts } from "../texts.ts";
import type { KindProps } from "./kind-props.ts";

export function ConnectPrompt({ details, onAnswer, asked }: KindProps<"connect">) {
  const [everywhere, setEverywhere] = useState(false);
  const { isBusy } = useScene();
  const { app, accounts } = details;
  return (
    <Card asked={asked} title={texts.title(app)}>
      <p>{texts.about}</p>
      <AccountButtons
        accounts={accounts}
        onChoose={(account) => onAnswer({ answer: "account", account, everywhere })}
      />
      <Checkbox label={signInTexts.everywhere} checked={everywhere} onChange={setEverywhere} />
      <Button kind="quiet" disabled={isBusy} onClick={() => onAnswer({ answer: "other" })}>
        {texts.another}
      </Button>
    </Card>
  );
}
